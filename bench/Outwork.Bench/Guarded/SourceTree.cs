using System.Text;

namespace Outwork.Bench.Guarded;

/// <summary>
/// A C source tree for the build workload: always the same for the same numbers. Each file includes the C library's headers
/// and several of the tree's own, and takes gcc -O1 some tens of milliseconds, as files of an ordinary C project do.
/// </summary>
internal static class SourceTree
{
    private const int Headers = 40;
    private const int HeadersPerFile = 6;
    private const int FunctionsPerFile = 8;

    /// <summary>Writes the tree with its Makefile: targets all, warm (a few files) and clean.</summary>
    public static void Write(string directory, int files)
    {
        Directory.CreateDirectory(directory);
        for (var header = 0; header < Headers; header++)
            File.WriteAllText(Path.Combine(directory, $"part{header}.h"), Header(header));
        for (var file = 0; file < files; file++)
            File.WriteAllText(Path.Combine(directory, $"unit{file}.c"), Unit(file));
        File.WriteAllText(Path.Combine(directory, "main.c"), MainFile(files));
        File.WriteAllText(Path.Combine(directory, "Makefile"), Makefile(files));
    }

    private static string Header(int number)
    {
        var text = new StringBuilder();
        text.Append($"#pragma once\n#include <stdint.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n");
        text.Append($"struct part{number} {{ uint64_t key, sum; uint32_t count, kind; char name[32]; struct part{number} *next; }};\n");
        for (var f = 0; f < 10; f++)
        {
            text.Append($"static inline uint64_t part{number}_mix{f}(const struct part{number} *p, uint64_t x) {{\n");
            text.Append($"    x ^= p->key * {0x9E3779B97F4A7C15 + (ulong)(number * 31 + f)}u; x = (x << {7 + f}) | (x >> {57 - f});\n");
            text.Append($"    return p->count > {f} ? x + p->sum : x - p->kind;\n}}\n");
        }
        return text.ToString();
    }

    private static string Unit(int number)
    {
        var text = new StringBuilder();
        var parts = Enumerable.Range(0, HeadersPerFile).Select(i => (number * 7 + i * 5) % Headers).Distinct().ToArray();
        foreach (var part in parts)
            text.Append($"#include \"part{part}.h\"\n");
        for (var f = 0; f < FunctionsPerFile; f++)
        {
            var part = parts[f % parts.Length];
            text.Append($$"""
                static uint64_t unit{{number}}_step{{f}}(struct part{{part}} *list, const char *name, uint64_t seed) {
                    uint64_t total = seed;
                    for (struct part{{part}} *p = list; p; p = p->next) {
                        if (!strcmp(p->name, name)) { p->count++; total += part{{part}}_mix{{f % 10}}(p, total); continue; }
                        switch (p->kind % 5) {
                        case 0: total = part{{part}}_mix{{(f + 1) % 10}}(p, total) * 3; break;
                        case 1: for (uint32_t i = 0; i < p->count % 17; i++) total ^= part{{part}}_mix{{(f + 2) % 10}}(p, i); break;
                        case 2: { char line[64]; total += (uint64_t)snprintf(line, sizeof line, "%s:%u", p->name, p->kind); break; }
                        case 3: p->sum += total; total >>= 1; break;
                        default: total -= p->key; break;
                        }
                    }
                    return total;
                }

                """);
        }
        text.Append($"uint64_t unit{number}(uint64_t seed) {{\n");
        for (var f = 0; f < FunctionsPerFile; f++)
        {
            var part = parts[f % parts.Length];
            text.Append($"    {{ struct part{part} p = {{.key = seed, .kind = {f}, .name = \"n{f}\"}}; seed = unit{number}_step{f}(&p, \"n{f % 3}\", seed); }}\n");
        }
        return text.Append("    return seed;\n}\n").ToString();
    }

    private static string MainFile(int files)
    {
        var text = new StringBuilder("#include <stdint.h>\n#include <stdio.h>\n");
        for (var file = 0; file < files; file++)
            text.Append($"uint64_t unit{file}(uint64_t);\n");
        text.Append("int main(void) {\n    uint64_t x = 1;\n");
        for (var file = 0; file < files; file++)
            text.Append($"    x = unit{file}(x);\n");
        return text.Append("    printf(\"%llu\\n\", (unsigned long long)x);\n    return 0;\n}\n").ToString();
    }

    private static string Makefile(int files) =>
        $"""
        OBJECTS := main.o {string.Join(' ', Enumerable.Range(0, files).Select(file => $"unit{file}.o"))}
        CC := gcc
        CFLAGS := -O1

        all: program

        program: $(OBJECTS)
        {"\t"}$(CC) -o $@ $(OBJECTS)

        warm: main.o unit0.o unit1.o

        clean:
        {"\t"}rm -f program $(OBJECTS)

        .PHONY: all warm clean

        """;
}
