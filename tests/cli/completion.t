Each script is valid in its shell and knows every command:

  $ mlsys completion bash >bash && bash -n bash
  $ bash -c 'source ./bash; COMP_WORDS=(mlsys conf); COMP_CWORD=1; _mlsys; echo "${COMPREPLY[@]}"'
  config
  $ bash -c 'source ./bash; COMP_WORDS=(mlsys config s); COMP_CWORD=2; _mlsys; echo "${COMPREPLY[@]}"'
  show set
  $ bash -c 'source ./bash; COMP_WORDS=(mlsys config show --col); COMP_CWORD=3; _mlsys; echo "${COMPREPLY[@]}"'
  --color
  $ bash -c 'source ./bash; COMP_WORDS=(mlsys config show --color ""); COMP_CWORD=4; _mlsys; echo "${COMPREPLY[@]}"'
  auto always never
  $ mlsys completion zsh | head -1
  #compdef mlsys
  $ mlsys completion fish | grep -c "complete -c mlsys" | awk '{print ($1 > 20)}'
  1
