using Outwork.Platform.Linux.Users;

namespace Outwork.Platform.Linux.Tests.Users;

public sealed class PasswdUserDirectoryTests
{
    [Fact]
    public void Names_are_found_and_malformed_lines_passed_over()
    {
        var users = PasswdUserDirectory.Parse(
        [
            "root:x:0:0:root:/root:/bin/bash", "alice:x:1000:1000::/home/alice:/bin/sh", "alice:x:7:7::/:/bin/sh",
            "+nis::1:1:::", "#bob:x:1:1::/:/bin/sh", "short:x:1", "minus:x:-1:1::/:/bin/sh", "", ":x:5:5::/:/bin/sh", "large:x:4294967296:1::/:/bin/sh",
        ]);
        Assert.Equal([0u, 1000u], new[] { "root", "alice" }.Select(users.FindUserId).Select(static id => id!.Value));
        Assert.All((string[])["+nis", "#bob", "short", "minus", "", "large", "ALICE"], name => Assert.Null(users.FindUserId(name)));
    }

    [Fact]
    public void This_machine_has_root() => Assert.Equal(0u, PasswdUserDirectory.Load().FindUserId("root"));
}
