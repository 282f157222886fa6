using System.Security.Cryptography;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Cli.Repositories;

/// <summary>A file on its way into a repository: copied and digested in one pass, named by its digest once it is wanted.</summary>
internal sealed class TargetCopy : IDisposable
{
    private const int BufferLength = 128 * 1024;

    private readonly string _temporary;
    private readonly string _folder;

    private TargetCopy(string folder, string temporary, long length, byte[] digest)
    {
        _folder = folder;
        _temporary = temporary;
        Length = length;
        Digest = digest;
    }

    public long Length { get; }

    public byte[] Digest { get; }

    public static TargetCopy Begin(string source, string folder)
    {
        string temporary = Path.Join(folder, $".{Path.GetRandomFileName()}.part");
        try
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long length = 0;
            using (FileStream from = File.OpenRead(source))
            using (var to = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                byte[] buffer = new byte[BufferLength];
                while (from.Read(buffer) is > 0 and int read)
                {
                    hash.AppendData(buffer, 0, read);
                    to.Write(buffer, 0, read);
                    length += read;
                }

                File.SetUnixFileMode(to.SafeFileHandle, RepositoryFolder.PublicMode);
                to.Flush(flushToDisk: true);
            }

            return new TargetCopy(folder, temporary, length, hash.GetHashAndReset());
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Opens what was copied.</summary>
    public FileStream OpenRead() => File.OpenRead(_temporary);

    /// <summary>Puts it where clients look for it, and waits until it is on the disk there.</summary>
    public void Commit(string path)
    {
        string place = PlaceOf(_folder, path, Convert.ToHexStringLower(Digest)), folder = Path.GetDirectoryName(place)!;
        RepositoryFolder.CreatePublic(folder);
        File.Move(_temporary, place, overwrite: true);
        DurableFile.Synchronize(folder);
    }

    /// <summary>Where clients look for a file.</summary>
    public static string PlaceOf(string folder, string path, string sha256)
    {
        int name = path.LastIndexOf('/') + 1;
        return Path.Join(folder, path[..name], $"{sha256}.{path[name..]}");
    }

    public void Dispose() => File.Delete(_temporary);
}
