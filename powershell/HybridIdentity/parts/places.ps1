# Where is a managed value: in the registry, or is it something that the key and name of a value stand for?
# The key SERVICE\NAME has two values, `State` and `StartType`; MIM\ExchangeOnline has `ClientSecretKeyId`; MIM\Setup has `Properties` and `RebootNeeded`;
# EXCHANGE\TransportCertificates has one for each TLS name of a connector.

# Whether the key is none of the registry.
function Test-VirtualKey {
    param([string]$Key)
    # Nearly all keys are of the registry, which begin like this and no other does.
    if ($Key -cmatch '\A[Hh][Kk]') { return $false }
    return (Test-SecretKey $Key) -or (Test-SetupKey $Key) -or (Test-CertificateKey $Key) -or (Get-KeyService $Key).Length -gt 0
}

# Whether a key that is none of the registry has a value of that name.
function Test-VirtualName {
    param([string]$Key, [string]$Name)
    if (Test-SecretKey $Key) { return Test-SecretName $Name }
    if (Test-SetupKey $Key) { return Test-SetupName $Name }
    if (Test-CertificateKey $Key) { return $Name -cmatch $TlsNamePattern }
    return (Test-StateName $Name) -or (Test-StartTypeName $Name)
}

# The service that a key names; an empty text where it is a key of the registry.
function Get-KeyService {
    param([string]$Key)
    return [regex]::Match($Key, '\A[Ss][Ee][Rr][Vv][Ii][Cc][Ee]\\([^\\/\x00-\x1f]{1,255})\z').Groups[1].Value
}

function Test-StateName {
    param([string]$Name)
    return [string]::Equals($Name, 'State', [System.StringComparison]::OrdinalIgnoreCase)
}

function Test-StartTypeName {
    param([string]$Name)
    return [string]::Equals($Name, 'StartType', [System.StringComparison]::OrdinalIgnoreCase)
}

# Whether a document may desire it of a key that is none of the registry.
function Test-DesiredProperty {
    param([string]$Key, [string]$Name, [string]$Notation)
    if (Test-SecretKey $Key) { return (Test-SecretName $Name) -and $Notation -cmatch '\Astring:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z' }
    if (Test-SetupKey $Key) { return (Test-SetupName $Name) -and -not (Test-RebootName $Name) -and (Test-SetupNotation $Notation) }
    if (Test-CertificateKey $Key) { return (Test-VirtualName $Key $Name) -and $Notation -ceq 'string:usable' }
    if (Test-StateName $Name) { return $Notation -cmatch '\Astring:(Running|Stopped)\z' }
    return (Test-StartTypeName $Name) -and $Notation -cmatch '\Astring:(Automatic|AutomaticDelayed|Manual|Disabled)\z'
}

# As Read-RegistryValue does, for any place.
function Read-PlacedValue {
    param([string]$Key, [string[]]$Names)
    if (-not (Test-VirtualKey $Key)) { return Read-RegistryValue $Key $Names }
    $service = Get-KeyService $Key
    $notations = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    foreach ($name in $Names) {
        if (-not (Test-VirtualName $Key $name)) {
            throw (Get-Failure 'malformed' ((Get-ValueId $Key (Limit-Text $name)) + ': a service has the values State and StartType, ' + $SecretKey + ' has ClientSecretKeyId, ' + $SetupKey + ' has Properties and RebootNeeded, ' + $CertificateKey + ' has TLS names, <I>issuer<S>subject.'))
        }
        if (Test-SecretKey $Key) {
            $notations[$name] = Get-SecretNotation
            continue
        }
        if (Test-SetupKey $Key) {
            $notations[$name] = Get-SetupNotation $name
            continue
        }
        if (Test-CertificateKey $Key) {
            $notations[$name] = Get-CertificateNotation $name
            continue
        }
        if (Test-StateName $name) { $found = Get-ServiceWord $service }
        else { $found = Get-ServiceStartType $service }
        if ($found -cmatch '\A(absent\z|unknown:)') { $notations[$name] = $found } else { $notations[$name] = 'string:' + $found }
    }
    return $notations
}

# As Write-RegistryValue does, for any place.
function Write-PlacedValue {
    param([string]$Key, [string]$Name, [string]$Notation)
    $service = Get-KeyService $Key
    $word = [regex]::Replace($Notation, '\Astring:', '')
    if (Test-SecretKey $Key) { Set-ClientSecret $Notation }
    elseif (Test-SetupKey $Key) { Invoke-SetupChange $Notation }
    elseif (Test-CertificateKey $Key) { Set-TransportCertificate $Name }
    elseif ($service.Length -eq 0) { Write-RegistryValue $Key $Name $Notation }
    elseif (Test-StateName $Name) { Set-ServiceState $service $word }
    else { Set-StartType $service $word }
}

# The order in which values are put back, beginning with 0: a service is started after it was enabled and disabled after it was started.
function Get-PlaceRank {
    param([string]$Id, [string]$Notation)
    $place = Split-ValueId $Id
    if ((Get-KeyService $place.key).Length -eq 0) { return 0 }
    if (Test-StateName $place.name) { return 1 }
    return 2 * [int](Test-SameText $Notation 'string:Disabled')
}
