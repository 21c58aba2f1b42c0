# Which repair of a connector's certificate does a document allow, and what speaks against it? Asked before anything is changed.
$CertificateRepair = @{ access = $false; repairStore = $false; remove = ''; otherNames = [string[]]@(); checked = $false }

# The member `repair` of a document.
function Read-CertificateRepair {
    param($Json)
    $repair = Get-ObjectMember $Json 'repair' $true
    return @{
        access = Get-FlagMember $repair 'access'
        repairStore = Get-FlagMember $repair 'repairStore'
        remove = Get-TextMember $repair 'remove' '\A[0-9A-F]{40}\z' $true
        otherNames = Get-NameMember $repair 'otherNames' $TlsNamePattern 'TLS name of a connector'
        checked = $false
    }
}

# Refuses what cannot be done, before anything is done.
function Assert-Certificate {
    param($Document)
    foreach ($value in $Document.desired) {
        if (-not (Test-CertificateKey $value.key)) { continue }
        foreach ($name in $Document.repair.get_Keys()) { $CertificateRepair[$name] = $Document.repair[$name] }
        $CertificateRepair.checked = $true
        if (Test-AsDesired (Get-CertificateNotation $value.name) $value.notation) { continue }
        $found = Find-Certificate $value.name @{}
        $pfx = Test-Pfx $value.name
        Assert-Removal $value.name $found $pfx
        $mends = $pfx
        foreach ($fact in $found) {
            $mends = $mends -or ($CertificateRepair.access -and $fact.key -ceq 'opens' -and $fact.access -ceq 'no') -or
                ($CertificateRepair.repairStore -and $fact.key -cne 'opens') -or $fact.thumbprint -ceq $CertificateRepair.remove
        }
        if (-not $mends) {
            throw (Get-RepairFailure ('The certificate of ' + $value.name + ' is ' + (Get-CertificateNotation $value.name) + ', and nothing that "repair" allows mends that. Allow access, repairStore or remove, or give a PFX'))
        }
    }
}

function Get-RepairFailure {
    param([string]$Message)
    return Get-Failure 'certificate' ($Message + '. Nothing was changed.')
}

# Whether a PFX came; one that is not for this name, is out of date, or has no key is refused.
function Test-Pfx {
    param([string]$Name)
    if ($ClientSecret.pfx.Length -eq 0) { return $false }
    $certificates = Read-Pfx 'DefaultKeySet'
    try {
        $why = ''
        foreach ($one in $certificates) {
            if (-not (Test-CertificateName $one $Name)) { continue }
            if (-not $one.HasPrivateKey) { $why = 'and not its private key. Export it with the key' }
            elseif (Test-InDate (Get-CertificateDate $one)) { return $true }
            else { $why = 'and it is out of date. Give a renewed one' }
        }
        if ($why.Length -gt 0) { throw (Get-RepairFailure ('The PFX has the certificate of ' + $Name + ', ' + $why)) }
        $names = [System.Collections.Generic.List[string]]::new()
        foreach ($one in $certificates) { $names.Add((Get-TlsName $one)) }
        throw (Get-RepairFailure ('The PFX is not for ' + $Name + ': it has ' + (Limit-Text ([string]::Join('; ', $names.ToArray()))) + '. Give the one of this name'))
    }
    finally { foreach ($one in $certificates) { $one.Reset() } }
}

# What is in the PFX. Nothing that it or its password holds is in the message.
function Read-Pfx {
    param([string]$Flags)
    $certificates = [System.Security.Cryptography.X509Certificates.X509Certificate2Collection]::new()
    $bytes = [byte[]]::new([int]($ClientSecret.pfx.Length / 2))
    try {
        for ($at = 0; $at -lt $bytes.Length; $at++) { $bytes[$at] = [System.Convert]::ToByte($ClientSecret.pfx.Substring(2 * $at, 2), 16) }
        $certificates.Import($bytes, $ClientSecret.pfxPassword, [System.Security.Cryptography.X509Certificates.X509KeyStorageFlags]$Flags)
    }
    catch {
        # ERROR_INVALID_PASSWORD, of both kinds of .NET.
        if ((Get-InnerException $_).HResult -eq 0x80070056) { throw (Get-RepairFailure 'The PFX has another password. Give the one that it was exported with') }
        throw (Get-RepairFailure 'The PFX could not be opened: it is damaged, or none. Give the whole file')
    }
    return , $certificates
}

# Whether the one certificate that may be removed can be.
function Assert-Removal {
    param([string]$Name, $Found, [bool]$Pfx)
    $thumbprint = $CertificateRepair.remove
    if ($thumbprint.Length -eq 0) { return }
    $twin = $Pfx
    $fact = $null
    foreach ($one in $Found) {
        if ($one.thumbprint -ceq $thumbprint) { $fact = $one }
        elseif ($one.key -ceq 'opens' -and (Test-InDate $one) -and ($one.access -ceq 'yes' -or $CertificateRepair.access)) { $twin = $true }
    }
    $keep = 'The certificate ' + $thumbprint + ' is not removed: '
    if ($null -eq $fact) {
        $names = Get-StoredName $thumbprint
        # One that is gone was removed by an earlier run, or by somebody.
        if ($names.Length -eq 0) { return }
        throw (Get-RepairFailure ($keep + 'it is for ' + $names + ', not for ' + $Name + '. Give the thumbprint of one of this name'))
    }
    if ($fact.key -ceq 'opens') { throw (Get-RepairFailure ($keep + 'its private key works. Take "remove" out')) }
    if (-not $twin) { throw (Get-RepairFailure ($keep + 'no other certificate of ' + $Name + ' has a key that transport can use and is in date. Import one, or allow access, first')) }
    foreach ($other in $CertificateRepair.otherNames) {
        if ([string]::Equals($other, $Name, [System.StringComparison]::OrdinalIgnoreCase)) { throw (Get-RepairFailure ($keep + 'another connector has the same name (otherNames). Look after that one first, and take its name out')) }
    }
    $binding = Get-BindingOf $thumbprint
    if ($binding.Length -gt 0) { throw (Get-RepairFailure ($keep + 'HTTP.SYS uses it for ' + $binding + ' (IIS, or netsh http show sslcert). Bind another certificate there first')) }
}

function Get-StoredName {
    param([string]$Thumbprint)
    $store = Open-CertificateStore $false
    try { foreach ($one in $store.Certificates) { if ($one.Thumbprint -ceq $Thumbprint) { return Get-TlsName $one } } }
    finally { $store.Close() }
    return ''
}

# The address or name that HTTP.SYS has this certificate for; an empty text for none.
function Get-BindingOf {
    param([string]$Thumbprint)
    foreach ($kind in @('SslBindingInfo', 'SslSniBindingInfo')) {
        $key = 'HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\' + $kind
        $content = Read-RegistryKey $key
        if ($content.state.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { throw (Get-RepairFailure ('It is not known what HTTP.SYS uses: ' + $key + ' could not be read: ' + $content.state.Substring(8))) }
        foreach ($binding in $content.below) {
            $hash = (Read-RegistryValue ($key + '\' + $binding) @('SslCertHash'))['SslCertHash']
            if ($hash.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { throw (Get-RepairFailure ('It is not known what HTTP.SYS uses for ' + $binding + ': ' + $hash.Substring(8))) }
            if (Test-SameText $hash ('binary:' + $Thumbprint.ToLowerInvariant())) { return $binding }
        }
    }
    return ''
}
