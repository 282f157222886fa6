using Outwork.Broker.Execution;

namespace Outwork.Platform.Linux.Execution;

/// <summary>Interpreters and dynamic loaders as Linux distributions name them. Sources: each program's manual page.</summary>
public static class LinuxInterpreters
{
    private static readonly InterpreterSyntax Shell = new()
    {
        Names = ["sh", "dash", "ash", "bash", "rbash", "ksh", "mksh", "zsh"],
        InlineLetters = "cs",
        LettersWithNextWord = "oO",
        OptionsWithArgument = ["--rcfile", "--init-file", "--emulate"],
        PlusOptions = true,
        DashEndsOptions = true,
    };

    /// <summary>The table.</summary>
    public static InterpreterTable Table { get; } = new(
    [
        Shell,
        Shell with { Names = ["busybox"], Applets = ["sh", "ash", "hush", "bash"] },
        new InterpreterSyntax
        {
            Names = ["fish"],
            InlineLetters = "c",
            InlineOptions = ["--command"],
            LettersWithArgument = "CdDfop",
            OptionsWithArgument = ["--init-command", "--features", "--profile", "--profile-startup", "--debug", "--debug-output"],
        },
        new InterpreterSyntax
        {
            Names = ["python", "pypy"],
            InlineLetters = "cm",
            LettersWithArgument = "QWX",
            OptionsWithArgument = ["--check-hash-based-pycs"],
        },
        new InterpreterSyntax
        {
            Names = ["perl"],
            InlineLetters = "eE",
            LettersWithArgument = "I",
            LettersWithRest = "CDFMVdimx",
        },
        new InterpreterSyntax
        {
            Names = ["ruby"],
            InlineLetters = "e",
            LettersWithArgument = "CEIXr",
            LettersWithRest = "FKTWix",
            OptionsWithArgument = ["--encoding", "--external-encoding", "--internal-encoding", "--enable", "--disable"],
        },
        new InterpreterSyntax
        {
            Names = ["node", "nodejs"],
            InlineLetters = "ep",
            InlineOptions = ["--eval", "--print"],
            LettersWithArgument = "rC",
            OptionsWithArgument = ["--require", "--import", "--loader", "--experimental-loader", "--conditions", "--env-file", "--title", "--input-type"],
        },
        new InterpreterSyntax
        {
            Names = ["php", "php-cgi"],
            InlineLetters = "BERSar",
            InlineOptions = ["--run", "--process-begin", "--process-code", "--process-end", "--server", "--interactive"],
            ScriptOptions = ["-f", "-F", "--file", "--process-file"],
            LettersWithArgument = "cdtz",
            OptionsWithArgument = ["--php-ini", "--define", "--docroot", "--zend-extension"],
        },
        // Unlike the others', code given with -e runs before a script that may follow.
        new InterpreterSyntax { Names = ["lua", "luajit"], LettersWithArgument = "ejl" },
        new InterpreterSyntax { Names = ["tclsh", "wish"], OptionsWithArgument = ["-encoding"] },
        new InterpreterSyntax
        {
            Names = ["ld.so"],
            NamePrefixes = ["ld-linux", "ld-musl-", "ld64.so", "ld-2."],
            Kind = InterpreterKind.Loader,
            LongOptionsOnly = true,
            InlineOptions = ["--help", "--version", "--list-tunables", "--list-diagnostics"],
            OptionsWithArgument =
            [
                "--library-path", "--glibc-hwcaps-prepend", "--glibc-hwcaps-mask", "--inhibit-rpath", "--audit", "--preload", "--argv0",
            ],
        },
    ]);
}
