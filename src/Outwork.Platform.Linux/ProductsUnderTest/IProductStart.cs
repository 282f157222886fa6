using System.Runtime.InteropServices;
using Outwork.Platform.Processes;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>How a product under test is started, and what is done about what it leaves.</summary>
public interface IProductStart
{
    /// <summary>Why it may not start; null when it may.</summary>
    string? Refusal { get; }

    /// <summary>Whom it runs as once it is confined; 0 when it is not.</summary>
    uint User { get; }

    /// <summary>The product's process with these descriptors.</summary>
    /// <param name="session">The product's end of the session.</param>
    /// <param name="log">What it writes to standard output and error.</param>
    /// <param name="reporter">Over which the launcher passes who is told of refused calls; used only when the product is confined.</param>
    ProcessSpec Spec(SafeHandle session, SafeHandle log, SafeHandle reporter);

    /// <summary>Ends what the product started and left behind, also what forks as fast as it is ended.</summary>
    void EndWhatIsLeft();
}
