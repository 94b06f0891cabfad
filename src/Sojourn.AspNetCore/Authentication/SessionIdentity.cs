using System.Security.Claims;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>
/// A request's own identity over shared, packed claims: claim objects are made when somebody first looks, and what the
/// application adds or changes stays in the request.
/// </summary>
internal sealed class SessionIdentity : ClaimsIdentity
{
    private readonly PackedIdentity _packed;
    private bool _isUnpacked;

    public SessionIdentity(PackedIdentity packed) : base((IEnumerable<Claim>?)null, packed.AuthenticationType, packed.NameClaimType, packed.RoleClaimType)
    {
        _packed = packed;
        Label = packed.Label; // these two cannot be overridden, so they cannot wait
        Actor = packed.Actor?.ToIdentity();
    }

    public override IEnumerable<Claim> Claims => Unpack().BaseClaims;

    private IEnumerable<Claim> BaseClaims => base.Claims;

    public override void AddClaim(Claim claim) => Unpack().AddToBase(claim);

    public override void AddClaims(IEnumerable<Claim?> claims)
    {
        Unpack();
        base.AddClaims(claims);
    }

    public override bool TryRemoveClaim(Claim? claim)
    {
        Unpack();
        return base.TryRemoveClaim(claim);
    }

    public override void RemoveClaim(Claim? claim)
    {
        Unpack();
        base.RemoveClaim(claim);
    }

    public override ClaimsIdentity Clone()
    {
        Unpack();
        return base.Clone();
    }

    protected override void WriteTo(BinaryWriter writer, byte[]? userData)
    {
        Unpack();
        base.WriteTo(writer, userData);
    }

    private void AddToBase(Claim claim) => base.AddClaim(claim);

    private SessionIdentity Unpack()
    {
        if (!_isUnpacked)
        {
            _isUnpacked = true;
            foreach (var claim in _packed.Claims)
            {
                base.AddClaim(claim.ToClaim(this));
            }
        }

        return this;
    }
}
