using Outwork.Policy.Tests.Support;

namespace Outwork.Policy.Tests.Reading;

public sealed class PolicyReaderFaultTests
{
    private const string Sha = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";

    // Each case is a policy in which the places of the faults are marked with '§', and the beginnings of their messages in order.
    public static TheoryData<string, string[]> Cases => new()
    {
        { "§", ["the policy is empty"] },
        { "§# only a remark", ["the policy is empty"] },
        { "§just text", ["a policy is a mapping with the keys version, default or rules; found 'just text'"] },
        { "§- version: 1", ["a policy is a mapping"] },
        { "§default: allow", ["the policy has no version"] },
        { "version: §2", ["version '2' is not known"] },
        { "version:§", ["version is text; found nothing"] },
        { "version: §[1]", ["version is text; found a list"] },
        { "version: 1\n§version: 1", ["the key 'version' is here a second time"] },
        { "version: 1\n§defualt: allow", ["a policy has no key 'defualt'; did you mean 'default'?"] },
        { "version: 1\n§colour: red", ["a policy has no key 'colour'; expected version, default or rules"] },
        { "version: 1\n? §[a]\n: b", ["a key is a word; found a list"] },
        { "version: 1\ndefault: §ask", ["the default is allow or deny"] },
        { "version: 1\ndefault: §{ask: [execguard]}", ["the default is allow or deny"] },
        { "version: 1\ndefault: §permit", ["'permit' is no default; expected allow or deny"] },
        { "version: 1\nrules: §none", ["rules is a list; found 'none'"] },
        { "version: 1\nrules:\n  - §text", ["a rule is a mapping"] },
        { "version: 1\nrules:\n  - §{}", ["the rule has no id", "the rule has no action"] },
        { "version: 1\nrules:\n  - §action: deny", ["the rule has no id"] },
        { "version: 1\nrules:\n  - §id: a", ["the rule has no action"] },
        { Rule("§actoin: deny\n    action: deny"), ["a rule has no key 'actoin'; did you mean 'action'?"] },
        { Rule("§on_failure: open\n    action: deny"), ["a rule has no key 'on_failure'; did you mean 'on-failure'?"] },
        { Rule("action: §dney"), ["'dney' is no action; did you mean 'deny'?"] },
        { Rule("action: §ask"), ["ask names the products to ask"] },
        { Rule("action: {ask: §[]}"), ["ask is an empty list"] },
        { Rule("action: §{}"), ["the action says nothing"] },
        { Rule("action: {§aks: [a], ask: [a]}"), ["action has no key 'aks'; did you mean 'ask'?"] },
        { Rule("action: {ask: [a, b, §a]}"), ["the product 'a' is here a second time"] },
        { Rule("action: {ask: [§'../a']}"), ["'../a' is no product's name"] },
        { Rule("action: {ask: [a, b, c, d, e, f, g, h, §i, j]}"), ["a rule asks at most 8 products"] },
        { "version: 1\nrules:\n  - {id: a, action: deny}\n  - {id: §a, action: deny}", ["the id 'a' is also on line 3"] },
        { "version: 1\nrules:\n  - {id: §'a b', action: deny}", ["'a b' is no id"] },
        { "version: 1\nrules:\n  - {id: §\"\", action: deny}", ["'' is no id"] },
        { Rule("action: deny\n    description: §[a]"), ["description is text; found a list"] },
        { Rule("action: deny\n    description: §\"a\\e[31m\""), ["the description contains control characters"] },
        { Rule("action: deny\n    description: §\"a\\0\""), ["description contains a NUL"] },
        { Rule("action: deny\n    stage: §enforced"), ["'enforced' is no stage; did you mean 'enforce'?"] },
        { Rule("action: deny\n    on-failure: §close"), ["'close' is no on-failure; did you mean 'closed'?"] },
        { Rule("action: deny\n    deadline: §2"), ["'2' is no deadline"] },
        { Rule("action: deny\n    deadline: §1.5s"), ["'1.5s' is no deadline"] },
        { Rule("action: deny\n    deadline: §-1s"), ["'-1s' is no deadline"] },
        { Rule("action: deny\n    deadline: §99999999999s"), ["'99999999999s' is no deadline"] },
        { Rule("action: deny\n    deadline: §49ms"), ["the deadline 49ms is out of range: 50ms to 60s"] },
        { Rule("action: deny\n    deadline: §61s"), ["the deadline 61s is out of range"] },
        { Rule("action: deny\n    deadline: §2000000000s"), ["the deadline 2000000000s is out of range"] },
        { Rule("action: deny\n    match:§"), ["match is a mapping with the keys"] },
        { Match("{§pth: /a}"), ["match has no key 'pth'; did you mean 'path'?"] },
        { Match("{path: /a, §path: /b}"), ["the key 'path' is here a second time"] },
        { Match("{kind: §exce}"), ["'exce' is no kind; did you mean 'exec'?"] },
        { Match("{kind: [exec, §exec]}"), ["'exec' is here a second time"] },
        { Match("{kind: open, via: §direct}"), ["via says how code comes to run"] },
        { Match("{via: §dirct}"), ["'dirct' is no via; did you mean 'direct'?"] },
        { Match("{path: §[]}"), ["path is an empty list"] },
        { Match("{path: [/a, §{b: c}]}"), ["path is text; found a mapping"] },
        { Match("{path: §'[a'}"), ["the path pattern '[a' is not valid: '[' has no ']'"] },
        { Match("{path: §'/[z-a]'}"), ["the path pattern '/[z-a]' is not valid: the range 'z-a' is backwards"] },
        { Match("{path: §'/{a,b'}"), ["the path pattern '/{a,b' is not valid: '{' has no '}'"] },
        { Match("{path: §'/a\\'}"), ["the path pattern '/a\\' is not valid: nothing follows"] },
        { Match("{path: §'/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}'}"), ["the path pattern '/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}' is not valid: the pattern has more than 64"] },
        { Match("{path: §''}"), ["the path pattern '' is not valid: the pattern is empty"] },
        { Match("{path: §'*.sh'}"), ["the path pattern '*.sh' is not absolute"] },
        { Match("{path: §/tmp/}"), ["the path pattern '/tmp/' names a directory, which is neither run nor opened: write '/tmp/**'"] },
        { Match("{path: §/tmp/../a}"), ["the path pattern '/tmp/../a' never matches"] },
        { Match("{parent: §bash}"), ["the parent pattern 'bash' is not absolute"] },
        { Match("{sha256: §abc}"), ["'abc' is no SHA-256: it has 3 characters, not 64"] },
        { Match($"{{sha256: [{Sha}, §x{Sha[1..]}]}}"), [$"'x{Sha[1..]}' is no SHA-256: character 1 is not"] },
        { Match("{user: §mallory}"), ["this machine has no user 'mallory'"] },
        { Match("{owner: [root, §-1]}"), ["this machine has no user '-1'"] },
        { Match("{owner: §4294967295}"), ["'4294967295' is no user id"] },
        { Match("{owner: §99999999999}"), ["'99999999999' is no user id"] },
        { Rule("match: {via: memory}\n    action: §allow"), ["a rule with 'via: memory' in force can only deny"] },
        { Rule("match: {via: [direct, memory]}\n    action: §{ask: [execguard]}"), ["a rule with 'via: memory' in force can only deny"] },
        { Match("{via: memory, path: §/a}"), ["a rule with 'via: memory' has no path condition"] },
        { Match($"{{via: memory, sha256: §{Sha}, owner: §root, parent: §/a}}"), ["a rule with 'via: memory' has no sha256", "a rule with 'via: memory' has no owner", "a rule with 'via: memory' has no parent"] },
        { Match("{user: §&a root}"), ["'&a' is a YAML anchor"] },
        { Match("{user: §*a }"), ["'*a' is a YAML alias"] },
        { Match("{user: §!!str root}"), ["a YAML tag"] },
        { "version: 1\n§---\nversion: 1", ["a policy is one YAML document"] },
        { "version: 1\n  default§: allow", ["not YAML: "] },
        { "version: 1\nrules: [§", ["not YAML: "] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fault_is_told_with_line_and_column(string marked, string[] messages)
    {
        var places = new List<(int Line, int Column)>();
        var text = new System.Text.StringBuilder();
        int line = 1, column = 1;
        foreach (char c in marked)
        {
            if (c == '§') places.Add((line, column));
            else
            {
                text.Append(c);
                (line, column) = c == '\n' ? (line + 1, 1) : (line, column + 1);
            }
        }

        var result = PolicyReader.Read(text.ToString(), "p.yaml", FakeUsers.Instance);

        Assert.Null(result.Document);
        Assert.Equal(messages.Length, result.Faults.Length);
        // One place may have several faults.
        Assert.Equal(places, result.Faults.Select(f => (f.Line, f.Column)).Distinct());
        for (int i = 0; i < messages.Length; i++) Assert.StartsWith(messages[i], result.Faults[i].Message);
    }

    [Fact]
    public void All_faults_of_a_file_come_at_once_in_the_order_of_the_text()
    {
        var result = PolicyReader.Read("""
            version: 3
            default: maybe
            rules:
              - id: one
                match: {user: nobody-here, path: relative}
                action: dney
              - id: one
                deadline: 1h
            """, "p.yaml", FakeUsers.Instance);

        Assert.Equal(
            [
                "p.yaml:1:10: version '3' is not known; this is version 1",
                "p.yaml:2:10: 'maybe' is no default; expected allow or deny",
                "p.yaml:5:19: this machine has no user 'nobody-here'; a name or a user id is expected",
                "p.yaml:5:38: the path pattern 'relative' is not absolute: it begins with '/'",
                "p.yaml:6:13: 'dney' is no action; did you mean 'deny'?",
                "p.yaml:7:5: the rule has no action",
                "p.yaml:7:9: the id 'one' is also on line 4",
                "p.yaml:8:15: '1h' is no deadline; expected a whole number and a unit, such as 500ms or 2s",
            ],
            result.FormatFaults());
    }

    [Fact]
    public void Faults_are_bounded()
    {
        string text = "version: 1\nrules:\n" + string.Concat(Enumerable.Repeat("  - x\n", 5_000));
        var result = PolicyReader.Read(text, "p.yaml", FakeUsers.Instance);
        Assert.Equal(1_001, result.Faults.Length);
        Assert.StartsWith("more than 1000 faults", result.Faults[^1].Message);
        Assert.Equal(1_002, result.Faults[^1].Line);
    }

    [Fact]
    public void Text_larger_than_the_limit_is_refused_without_reading_it()
    {
        var result = PolicyReader.Read(new string('é', PolicyReader.MaxBytes / 2 + 1), "p.yaml", FakeUsers.Instance);
        Assert.Equal("p.yaml:1:1: the policy is larger than 16 MiB", Assert.Single(result.FormatFaults()));
    }

    [Theory]
    [InlineData("[", 17)]
    [InlineData("{a: ", 17)]
    public void Nesting_without_end_is_refused_at_the_limit(string open, int deepest)
    {
        var result = PolicyReader.Read(string.Concat(Enumerable.Repeat(open, 100_000)), "p.yaml", FakeUsers.Instance);
        var fault = Assert.Single(result.Faults);
        Assert.Equal("nested deeper than 16 levels", fault.Message);
        Assert.Equal((deepest - 1) * open.Length + 1, fault.Column);
    }

    [Fact]
    public void Aliases_that_would_expand_to_billions_are_refused()
    {
        var result = PolicyReader.Read("version: 1\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "p.yaml", FakeUsers.Instance);
        Assert.Contains(result.Faults, static f => f.Message.StartsWith("'&a' is a YAML anchor", StringComparison.Ordinal));
        Assert.Contains(result.Faults, static f => f.Message.StartsWith("'*b' is a YAML alias", StringComparison.Ordinal));
    }

    [Fact]
    public void Text_in_messages_cannot_steer_a_terminal()
    {
        var result = PolicyReader.Read("version: 1\n\"a\\e]0;x\\a\\u202e\": 1\n", "p.yaml", FakeUsers.Instance);
        Assert.DoesNotContain(Assert.Single(result.Faults).Message, static c => char.IsControl(c) || c == '\u202e');
    }

    private static string Rule(string keys) => $"version: 1\nrules:\n  - id: a\n    {keys}";

    private static string Match(string match) => Rule($"action: deny\n    match: {match}");
}
