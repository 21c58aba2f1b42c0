# How does transport get a certificate that it can use? In this order, and only as far as the document allows: access to the key, the key found again,
# a PFX, and last the removal of one certificate that has no key and a twin that works.

# Does what the document allows, until the certificate is usable. What is there in the end the caller sees.
function Set-TransportCertificate {
    param([string]$Name)
    if (-not $CertificateRepair.checked) { throw (Get-RepairFailure ($Name + ' was not looked at before')) }
    $said = [System.Collections.Generic.List[string]]::new()
    if ($CertificateRepair.access) { Grant-NameAccess $Name }
    if ($CertificateRepair.repairStore) {
        foreach ($fact in (Find-Certificate $Name @{})) {
            if ($fact.key -ceq 'opens') { continue }
            $why = Repair-StoreKey $fact.thumbprint
            if ($why.Length -gt 0) { $said.Add($why) }
        }
        if ($CertificateRepair.access) { Grant-NameAccess $Name }
    }
    if ($ClientSecret.pfx.Length -gt 0 -and -not (Test-Usable $Name)) { Import-Pfx $Name }
    if ($CertificateRepair.remove.Length -gt 0 -and -not (Test-Usable $Name)) { Remove-Certificate $Name }
    if (-not (Test-Usable $Name)) {
        $still = 'The certificate of ' + $Name + ' is still ' + (Get-CertificateNotation $Name) + ' after all that "repair" allows. '
        foreach ($why in $said) { $still += $why + '. ' }
        throw (Get-Failure 'mismatch' ($still + 'Import one with its key (pfx).'))
    }
}

function Test-Usable {
    param([string]$Name)
    return (Get-CertificateNotation $Name) -ceq 'string:usable'
}

function Grant-NameAccess {
    param([string]$Name)
    $store = Open-CertificateStore $false
    try {
        foreach ($one in $store.Certificates) {
            if ((Test-CertificateName $one $Name) -and (Get-KeyFact $one).access -ceq 'no') { Grant-KeyAccess $one }
        }
    }
    finally { $store.Close() }
}

# Only the certificate of the name gets into the store; transport gets access to its key. One that works already stays, or it would not for a moment.
function Import-Pfx {
    param([string]$Name)
    $works = ''
    foreach ($fact in (Find-Certificate $Name @{})) { if (Test-UsableKey $fact) { $works += $fact.thumbprint + ' ' } }
    $store = Open-CertificateStore $true
    try {
        foreach ($one in (Read-Pfx 'MachineKeySet, PersistKeySet')) {
            if (-not (Test-CertificateName $one $Name) -or -not $one.HasPrivateKey -or $works.Contains($one.Thumbprint)) { continue }
            $store.Add($one)
        }
    }
    finally { $store.Close() }
    Grant-NameAccess $Name
}

# Saves the public part, then removes the certificate: wherever this is stopped, nothing is lost. Whether another one works was looked at before; what was
# done since may have changed it, so it is looked at once more.
function Remove-Certificate {
    param([string]$Name)
    $state = Get-CertificateNotation $Name
    if ($state -cnotmatch '\Astring:two match: ' -or -not $state.Contains($CertificateRepair.remove)) { return }
    $store = Open-CertificateStore $true
    try {
        foreach ($one in $store.Certificates) {
            if ($one.Thumbprint -cne $CertificateRepair.remove -or -not (Test-CertificateName $one $Name)) { continue }
            Write-RegistryValue $SavedCertificates $one.Thumbprint ('binary:' + [System.BitConverter]::ToString($one.RawData).Replace('-', '').ToLowerInvariant())
            $store.Remove($one)
        }
    }
    finally { $store.Close() }
}

# Puts the public parts of those back that this module removed and that a notation names.
function Restore-TransportCertificate {
    param([string]$Name, [string]$Notation)
    $saved = Get-RestorableCertificate $Name $Notation
    if ($saved.Count -eq 0) { return }
    $store = Open-CertificateStore $true
    try {
        foreach ($entry in $saved.GetEnumerator()) {
            if ((Get-StoredName $entry.Key).Length -eq 0) { $store.Add($entry.Value) }
            Write-RegistryValue $SavedCertificates $entry.Key 'absent'
        }
    }
    finally { $store.Close() }
}

# Whether there is anything to put back of a value: of a certificate what was removed, and no access or key that it was given.
function Test-Restorable {
    param($Record)
    $place = Split-ValueId $Record.id
    return -not (Test-CertificateKey $place.key) -or (Get-RestorableCertificate $place.name $Record.original).Count -gt 0
}

function Get-RestorableCertificate {
    param([string]$Name, [string]$Notation)
    $restorable = [ordered]@{}
    foreach ($entry in (Read-SavedCertificate $Name).GetEnumerator()) { if ($Notation.Contains($entry.Key)) { $restorable[$entry.Key] = $entry.Value } }
    return $restorable
}
