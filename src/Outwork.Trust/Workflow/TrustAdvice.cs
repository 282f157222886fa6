namespace Outwork.Trust.Workflow;

/// <summary>What an administrator does after a refusal.</summary>
internal static class TrustAdvice
{
    public static string For(TrustRefusalCode code) => code switch
    {
        TrustRefusalCode.NotInitialised => "Give this device the repository's root file again.",
        TrustRefusalCode.MalformedMetadata or TrustRefusalCode.WrongType => "Nothing changed here; ask who runs the repository to publish it again, and look at what stands between.",
        TrustRefusalCode.UnsupportedSpecification => "This device needs a newer Outwork, or the repository an older format.",
        TrustRefusalCode.ThresholdNotMet => "Nothing changed here; if the keys were changed on purpose, the root must say so, signed by the old keys and the new.",
        TrustRefusalCode.Rollback => "Nothing changed here; somebody may be serving old metadata. Compare with another mirror.",
        TrustRefusalCode.Freeze => "Check this device's clock; then ask who runs the repository to sign anew, and look at what stands between.",
        TrustRefusalCode.MixAndMatch => "Nothing changed here; the mirror may be in the middle of an update. If it stays so, compare with another mirror.",
        TrustRefusalCode.EndlessData => "Nothing changed here; the mirror sends more than was signed. Use another mirror.",
        TrustRefusalCode.MetadataMissing or TrustRefusalCode.TargetMissing or TrustRefusalCode.Unreachable or TrustRefusalCode.SlowRetrieval => "Check the mirror's address and the network; it is tried again by itself.",
        TrustRefusalCode.TargetNotFound => "Check the name, and that who publishes it has the delegation for this path.",
        TrustRefusalCode.TooManyRoles => "The delegations are too many for one search; make them terminating or more precise.",
        TrustRefusalCode.ArbitrarySoftware => "Nothing changed here; the mirror serves other bytes than were signed. Use another mirror.",
        TrustRefusalCode.UnsupportedHash => "The repository must publish SHA-256 or SHA-512 digests.",
        _ => "",
    };
}
