# Completion of writebench for fish. The program itself says what may follow; cli/commands/complete.hpp has the protocol.

function __writebench_complete
    set -l words (commandline -opc)
    set -l last "$(commandline -ct)"
    set -l before (string match -r -- '^--[^=]*=' $last)
    set -l value (string replace -r -- '^--[^=]*=' '' $last)
    for line in ($words[1] complete $words[2..] "$last" 2>/dev/null)
        switch $line
            case ':files *'
                set -l suffix (string replace ':files ' '' -- $line)
                set -l pattern '(/|'(string escape --style=regex -- $suffix)')(\t.*)?$'
                for path in (__fish_complete_path "$value" | string match -re -- $pattern)
                    echo "$before$path"
                end
            case ':files' ':programs'
                for path in (__fish_complete_path "$value")
                    echo "$before$path"
                end
            case ':directories'
                for path in (__fish_complete_directories "$value")
                    echo "$before$path"
                end
            case '*'
                echo $line
        end
    end
end

complete -c writebench -f -a '(__writebench_complete)'
