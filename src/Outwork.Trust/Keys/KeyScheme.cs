namespace Outwork.Trust.Keys;

/// <summary>How a key signs.</summary>
public enum KeyScheme
{
    /// <summary>Not known here: the key verifies nothing, and the metadata it stands in is read all the same.</summary>
    Unknown = 0,

    /// <summary>ECDSA on P-256 with SHA-256; the signature in DER.</summary>
    EcdsaP256 = 1,

    /// <summary>Ed25519.</summary>
    Ed25519 = 2,

    /// <summary>RSASSA-PSS with SHA-256 and MGF1 of SHA-256.</summary>
    RsaPss = 3,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256, which older repositories use.</summary>
    RsaPkcs1 = 4,
}
