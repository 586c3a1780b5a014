# Completion of writebench for bash. The program itself says what may follow; cli/commands/complete.hpp has the protocol.

_writebench() {
  local words=() word joined=no i
  # Bash splits words at '='; the program takes them as they were typed.
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == '=' && ${#words[@]} -gt 0 ]]; then
      words[-1]+='='
      joined=yes
    elif [[ $joined == yes ]]; then
      words[-1]+=$word
      joined=no
    else
      words+=("$word")
    fi
  done
  [[ ${#words[@]} -gt 0 ]] || words=('')
  local last=${words[-1]} before=
  if [[ $last == *=* && $COMP_WORDBREAKS == *=* ]]; then before=${last%=*}=; fi
  local value=${last#"$before"}

  COMPREPLY=()
  local line
  while IFS= read -r line; do
    case $line in
      ':files '*)
        compopt -o filenames
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!*${line#:files }" -- "$value"; compgen -d -- "$value")
        ;;
      :files)
        compopt -o filenames
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$value")
        ;;
      :directories)
        compopt -o filenames
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$value")
        ;;
      :programs)
        compopt -o filenames
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -c -- "$value"; compgen -f -- "$value")
        ;;
      *)
        line=${line%%$'\t'*}
        COMPREPLY+=("${line#"$before"}")
        ;;
    esac
  done < <("${COMP_WORDS[0]/#\~/$HOME}" complete "${words[@]}" 2>/dev/null)
  # More of the same word follows.
  if [[ ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} == *[.=] ]]; then compopt -o nospace; fi
}

complete -F _writebench writebench
