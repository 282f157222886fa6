using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

// openssl/evp.h of OpenSSL 3. Functions give 1 for success.
internal static unsafe partial class Interop
{
    private const string LibCrypto = "libcrypto.so.3";

    internal const int EVP_PKEY_ED25519 = 1087;

    [LibraryImport(LibCrypto)]
    internal static partial SafeEvpKeyHandle EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(LibCrypto)]
    internal static partial SafeEvpKeyHandle EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(LibCrypto)]
    internal static partial int EVP_PKEY_get_raw_public_key(SafeEvpKeyHandle key, byte* raw, nuint* length);

    [LibraryImport(LibCrypto)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(LibCrypto)]
    internal static partial SafeEvpContextHandle EVP_MD_CTX_new();

    [LibraryImport(LibCrypto)]
    internal static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(LibCrypto)]
    internal static partial int EVP_DigestVerifyInit(SafeEvpContextHandle context, nint keyContext, nint digest, nint engine, SafeEvpKeyHandle key);

    [LibraryImport(LibCrypto)]
    internal static partial int EVP_DigestVerify(SafeEvpContextHandle context, byte* signature, nuint signatureLength, byte* data, nuint length);

    [LibraryImport(LibCrypto)]
    internal static partial int EVP_DigestSignInit(SafeEvpContextHandle context, nint keyContext, nint digest, nint engine, SafeEvpKeyHandle key);

    [LibraryImport(LibCrypto)]
    internal static partial int EVP_DigestSign(SafeEvpContextHandle context, byte* signature, nuint* signatureLength, byte* data, nuint length);

    [LibraryImport(LibCrypto)]
    internal static partial void ERR_clear_error();

    internal sealed class SafeEvpKeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_PKEY_free(handle);
            return true;
        }
    }

    internal sealed class SafeEvpContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_MD_CTX_free(handle);
            return true;
        }
    }
}
