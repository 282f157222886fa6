namespace Outwork.Trust.Metadata;

/// <summary>Where a member stands. Put together into words only when something is wrong with it: a file may have many thousands.</summary>
/// <param name="Where">The object it is in; empty for the file.</param>
/// <param name="Name">Its name there; null for the object itself.</param>
/// <param name="Inner">A member of it; null for itself.</param>
internal readonly record struct FieldPlace(string Where, string? Name = null, string? Inner = null)
{
    public static implicit operator FieldPlace(string where) => new(where);

    /// <summary>A member of it.</summary>
    public FieldPlace In(string name) => this switch
    {
        { Name: null, Where.Length: 0 } => new(name),
        { Name: null } => new(Where, name),
        { Inner: null } => new(Where, Name, name),
        _ => new(ToString(), name),
    };

    /// <summary>As <c>signed.roles.root.threshold</c>.</summary>
    public override string ToString() => this switch
    {
        { Name: null } => Where,
        { Inner: null } => $"{Where}.{Name}",
        _ => $"{Where}.{Name}.{Inner}",
    };
}
