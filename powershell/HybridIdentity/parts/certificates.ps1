# Which certificates does the TLS name of a connector stand for, and can transport use them?
# Exchange finds a certificate by its names, `<I>issuer<S>subject`, and not by its thumbprint: of two with the same names one may have no key.
$CertificateKey = 'EXCHANGE\TransportCertificates'
$TlsNamePattern = '\A<I>[^\x00-\x1f]+<S>[^\x00-\x1f]+\z'
$SavedCertificates = $RecordKey + '\Certificates'

function Test-CertificateKey {
    param([string]$Key)
    return [string]::Equals($Key, $CertificateKey, [System.StringComparison]::OrdinalIgnoreCase)
}

# The certificates of this computer. Nothing else opens them.
function Open-CertificateStore {
    param([bool]$Write)
    $flags = [System.Security.Cryptography.X509Certificates.OpenFlags]'OpenExistingOnly'
    if ($Write) { $flags = [System.Security.Cryptography.X509Certificates.OpenFlags]'ReadWrite, OpenExistingOnly' }
    $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', [System.Security.Cryptography.X509Certificates.StoreLocation]::LocalMachine)
    $store.Open($flags)
    return $store
}

function Test-CertificateName {
    param($Certificate, [string]$Name)
    return [string]::Equals((Get-TlsName $Certificate), $Name, [System.StringComparison]::OrdinalIgnoreCase)
}

function Get-TlsName {
    param($Certificate)
    return '<I>' + $Certificate.Issuer + '<S>' + $Certificate.Subject
}

# What there is of a name, by thumbprint; a text, `unknown:REASON`, where that cannot be told. $Others gets the names of the rest.
function Find-Certificate {
    param([string]$Name, $Others)
    $facts = @{}
    $store = $null
    try {
        $store = Open-CertificateStore $false
        foreach ($certificate in $store.Certificates) {
            if (Test-CertificateName $certificate $Name) { $facts[$certificate.Thumbprint] = Get-CertificateFact $certificate }
            else { $Others[$certificate.Thumbprint] = Get-TlsName $certificate }
        }
    }
    catch { return 'unknown:' + (Get-Reason $_) }
    finally { if ($null -ne $store) { $store.Close() } }
    $found = [System.Collections.Generic.List[object]]::new()
    $chosen = $null
    foreach ($thumbprint in (Get-SortedText @($facts.get_Keys()))) {
        $fact = $facts[$thumbprint]
        $found.Add($fact)
        # Of several Exchange takes the one that is valid since last.
        if ((Test-InDate $fact) -and ($null -eq $chosen -or [string]::CompareOrdinal($fact.notBefore, $chosen.notBefore) -gt 0)) { $chosen = $fact }
    }
    if ($null -ne $chosen) { $chosen.chosen = $true }
    return , $found
}

function Get-CertificateFact {
    param($Certificate)
    $key = Get-KeyFact $Certificate
    $date = Get-CertificateDate $Certificate
    return [ordered]@{
        thumbprint = $Certificate.Thumbprint; serial = $Certificate.SerialNumber; chosen = $false
        notBefore = $date.notBefore; notAfter = $date.notAfter; key = $key.key; access = $key.access
    }
}

function Get-CertificateDate {
    param($Certificate)
    return @{ notBefore = (Format-Time ($Certificate.NotBefore.ToUniversalTime())); notAfter = (Format-Time ($Certificate.NotAfter.ToUniversalTime())) }
}

function Test-InDate {
    param($Fact)
    $now = Format-Time ([datetime]::UtcNow)
    return [string]::CompareOrdinal($Fact.notBefore, $now) -le 0 -and [string]::CompareOrdinal($now, $Fact.notAfter) -lt 0
}

# `string:usable` where all that the name stands for have a key that transport can use, and one of them is in date.
function Get-CertificateNotation {
    param([string]$Name)
    $found = Find-Certificate $Name @{}
    if ($found -is [string]) { return $found }
    if ($found.Count -eq 0) { return 'absent' }
    $bad = [System.Collections.Generic.List[string]]::new()
    $late = [System.Collections.Generic.List[string]]::new()
    $usable = 0
    foreach ($fact in $found) {
        foreach ($answer in @($fact.key, $fact.access)) {
            if ($answer -ceq 'unknown:denied') { return $answer }
            if ($answer.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return 'unknown:' + $fact.thumbprint + ': ' + $answer.Substring(8) }
        }
        if (-not (Test-UsableKey $fact)) { $bad.Add($fact.thumbprint) }
        elseif (Test-InDate $fact) { $usable++ }
        else { $late.Add($fact.thumbprint) }
    }
    if ($bad.Count -gt 0 -and $usable -gt 0) { return 'string:two match: ' + [string]::Join(', ', $bad.ToArray()) }
    if ($bad.Count -gt 0) { return 'string:no usable key: ' + [string]::Join(', ', $bad.ToArray()) }
    if ($usable -eq 0) { return 'string:out of date: ' + [string]::Join(', ', $late.ToArray()) }
    return 'string:usable'
}

# The certificates of a name that this module removed, without keys, by thumbprint.
function Read-SavedCertificate {
    param([string]$Name)
    $saved = [ordered]@{}
    $content = Read-RegistryKey $SavedCertificates
    if ($content.state.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { throw ($SavedCertificates + ': ' + $content.state.Substring(8)) }
    foreach ($thumbprint in $content.names) {
        $certificate = ConvertFrom-SavedCertificate (Read-RegistryValue $SavedCertificates @($thumbprint))[$thumbprint]
        if ($null -ne $certificate -and (Test-SameText $certificate.Thumbprint $thumbprint) -and (Test-CertificateName $certificate $Name)) { $saved[$thumbprint] = $certificate }
    }
    return $saved
}

# What is no certificate any more is nobody's.
function ConvertFrom-SavedCertificate {
    param([string]$Notation)
    if ($Notation -cnotmatch '\Abinary:.') { return $null }
    try { return [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([byte[]](ConvertFrom-Notation $Notation).value) }
    catch { return $null }
}

# What a request asks of a name.
function Get-CertificateReading {
    param([string]$Name)
    $others = @{}
    $found = Find-Certificate $Name $others
    if ($found -is [string]) { return $found }
    try { $saved = [string[]]@((Read-SavedCertificate $Name).get_Keys()) }
    catch { $saved = 'unknown:' + (Get-Reason $_) }
    return [ordered]@{ certificates = $found; saved = $saved; others = $others }
}
