Each script is valid in its shell and knows every command:

  $ mlsys completion bash >bash && bash -n bash
  $ bash -c 'source ./bash; COMP_LINE="mlsys conf"; COMP_WORDS=(mlsys conf); COMP_CWORD=1; _mlsys; echo "${COMPREPLY[@]}"'
  config
  $ replies() { bash -c 'source ./bash; COMP_LINE="$*"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mlsys; echo "${COMPREPLY[@]}"' bash mlsys "$@"; }
  $ replies config s
  show set
  $ replies config show --col
  --color
  $ replies config show --color ""
  auto always never
  $ replies completion ""
  bash zsh fish
  $ replies config unset ""
  store experiment threads memory temp_dir max_unpacked color
  $ replies help "" | tr ' ' '\n' | sort >pages; mlsys --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | sort | comm -3 - pages | tr -d '\t'
  json
  $ mlsys completion zsh | head -1
  #compdef mlsys
  $ mlsys completion fish | grep -c "complete -c mlsys" | awk '{print ($1 > 20)}'
  1
  $ shells=bash; for shell in zsh fish; do
  >   if command -v $shell >log; then mlsys completion $shell >script && $shell -n script; shells+=" $shell"; fi
  > done

What Tab makes of a line, alike in the shells that are here:

  $ touch 'my data.csv' other.txt '*'; mkdir folder
  $ tab() { for shell in $shells; do press $shell "$1"; done | uniq; }
  $ tab 'mlsys data profile my'
  mlsys data profile my\\ data.csv  (re)
  $ tab 'mlsys train my\ data.csv --task bin'
  mlsys train my\\ data.csv --task binary  (re)
  $ tab 'mlsys config set co'
  mlsys config set color  (re)
  $ tab 'mlsys help tr'
  mlsys help train  (re)
  $ tab 'mlsys runs list --color=al'
  mlsys runs list --color=always  (re)
  $ tab 'mlsys runs end @last --status fa'
  mlsys runs end @last --status failed  (re)
  $ tab 'mlsys data split other.txt -o fo'
  mlsys data split other.txt -o folder/
  $ tab 'mlsys runs exec -- true ot'
  mlsys runs exec -- true other.txt  (re)
  $ press bash 'mlsys data profile *'
  mlsys data profile \\\*  (re)
  $ press bash 'mlsys data profile "my'
  mlsys data profile "my data.csv"  (re)
  $ press bash 'mlsys predict run:abc ot'
  mlsys predict run:abc other.txt  (re)

Names that zsh gives a meaning of its own are left alone:

  $ mlsys completion zsh | grep -c 'local path'
  0
  [1]
