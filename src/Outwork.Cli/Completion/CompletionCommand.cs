using System.CommandLine;
using Outwork.Cli.Help;

namespace Outwork.Cli.Completion;

/// <summary><c>outwork completion SHELL</c>: a script that asks this program, so it never goes out of date.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _outwork() {
            local word=${COMP_WORDS[COMP_CWORD]} candidate
            COMPREPLY=()
            while IFS= read -r candidate; do
                # Where no word was begun, files matter more than options.
                [[ $candidate == -* && $word != -* ]] && continue
                [[ $candidate == "$word"* ]] && COMPREPLY+=("$candidate")
            done < <("$1" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
        }
        complete -o bashdefault -o default -F _outwork outwork
        """;

    private const string Zsh = """
        #compdef outwork
        _outwork() {
            local -a candidates
            candidates=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            candidates=(${candidates:#})
            [[ ${words[CURRENT]} == -* ]] || candidates=(${candidates:#-*})
            if (( ${#candidates} )); then
                compadd -- "${candidates[@]}"
            else
                _files
            fi
        }
        if [[ ${funcstack[1]} == _outwork ]]; then
            _outwork "$@"
        else
            compdef _outwork outwork
        fi
        """;

    private const string Fish = """
        function __outwork_complete
            set -l line (commandline -cp)
            outwork "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c outwork -a '(__outwork_complete)'
        """;

    public static Command Create(CommandSetting setting)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new ExplainedCommand("completion", "Print a completion script for a shell.", shell)
        {
            Examples =
            [
                "source <(outwork completion bash)",
                "outwork completion zsh > ~/.zfunc/_outwork",
                "outwork completion fish > ~/.config/fish/completions/outwork.fish",
            ],
        };
        command.SetAction(parsed => setting.Terminal.WriteLine(parsed.GetValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        }));
        return command;
    }
}
