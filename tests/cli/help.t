  $ mlsys help config | head -4
  NAME
  (blank)
      mlsys-config - Show settings and where each came from
  (blank)
  $ mlsys help confg
  2> error: unknown command 'confg'
  2> hint: did you mean 'config'?
  2> usage: mlsys help COMMAND [options]
  [2]
