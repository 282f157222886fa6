using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Decisions;

/// <summary>A sentence for each failure.</summary>
internal static class FailureWords
{
    public static string Of(VerdictFailure failure) => failure switch
    {
        VerdictFailure.DeadlineMissed => "no answer came in time.",
        VerdictFailure.QueueFull => "the product had more questions waiting than fit.",
        VerdictFailure.TooManyPending => "too many questions waited for an answer.",
        VerdictFailure.ProductAbsent => "the product was not connected.",
        VerdictFailure.ProductCrashed => "the product ended while it judged.",
        VerdictFailure.MalformedReply => "the product's answer could not be read.",
        VerdictFailure.UnknownReply => "the product answered something it was not asked.",
        VerdictFailure.LateReply => "the answer came too late.",
        VerdictFailure.ResponseWriteFailed => "the answer could not be given to the operating system.",
        VerdictFailure.EventQueueOverflow => "the operating system's queue overflowed.",
        VerdictFailure.DescriptorsExhausted => "no descriptor was left to receive the event with.",
        VerdictFailure.FileUnreadable => "the file could not be read.",
        VerdictFailure.TelemetryLost => "events were lost.",
        VerdictFailure.CacheMarkFailed => "the kernel did not take the mark that remembers the answer.",
        VerdictFailure.ReactorStalled => "the broker did not get to it, so its guard let it through.",
        VerdictFailure.ContentChanged => "the file was changed while it was judged, and again while it was judged anew.",
        VerdictFailure.ProductDemoted => "the product is demoted, since it missed too many deadlines, and was not asked.",
        _ => "nothing.",
    };
}
