namespace Outwork.Cli.Certify;

/// <summary>What is certified, and by which measure.</summary>
internal sealed record CertifyOptions
{
    /// <summary>Absolute path of the product's executable.</summary>
    public required string Product { get; init; }

    /// <summary>Content to give it a copy of; null for a product without content.</summary>
    public string? Content { get; init; }

    /// <summary>The program that confines and then becomes the product (outwork-warden); null to start the product as this user.</summary>
    public string? Launcher { get; init; }

    /// <summary>Why there is no launcher, for the report.</summary>
    public string UnconfinedBecause { get; init; } = "not asked for";

    /// <summary>
    /// Whether this process has no children but the product, and gets those that the product leaves behind: then they are ended too when
    /// the product was not confined, and so is in no control group.
    /// </summary>
    public bool EndsOrphans { get; init; }

    /// <summary>From the start to the subscription.</summary>
    public TimeSpan SubscribeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The deadline of ordinary questions.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The deadline of hurried questions.</summary>
    public TimeSpan ShortDeadline { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Questions that are open at once.</summary>
    public int Concurrent { get; init; } = 64;

    /// <summary>How long the load lasts.</summary>
    public TimeSpan LoadDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Questions a second.</summary>
    public int LoadRate { get; init; } = 300;

    /// <summary>How long the product is left alone to see whether it rests.</summary>
    public TimeSpan RestDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Notifications that the product is told of; ten thousand a second.</summary>
    public int Events { get; init; } = 30_000;

    /// <summary>How long changed content may take to be looked at.</summary>
    public TimeSpan ContentLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From the closing of the session to the end of the process.</summary>
    public TimeSpan EndLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From the loss of the session, which nobody tells, to the end of the process: a product may look for it once a second.</summary>
    public TimeSpan LossLimit { get; init; } = TimeSpan.FromSeconds(2.5);
}
