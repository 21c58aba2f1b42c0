# Where is a managed value: in the registry, or is it a property of a service?
# The key SERVICE\NAME has two values, `State` and `StartType`.

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

# Whether a document may desire it of a service.
function Test-DesiredProperty {
    param([string]$Name, [string]$Notation)
    if (Test-StateName $Name) { return $Notation -cmatch '\Astring:(Running|Stopped)\z' }
    return (Test-StartTypeName $Name) -and $Notation -cmatch '\Astring:(Automatic|AutomaticDelayed|Manual|Disabled)\z'
}

# As Read-RegistryValue does, for any place.
function Read-PlacedValue {
    param([string]$Key, [string[]]$Names)
    $service = Get-KeyService $Key
    if ($service.Length -eq 0) { return Read-RegistryValue $Key $Names }
    $notations = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    foreach ($name in $Names) {
        if (Test-StateName $name) { $found = Get-ServiceWord $service }
        elseif (Test-StartTypeName $name) { $found = Get-ServiceStartType $service }
        else { throw (Get-Failure 'malformed' ((Get-ValueId $Key (Limit-Text $name)) + ': a service has the values State and StartType.')) }
        if ($found -cmatch '\A(absent\z|unknown:)') { $notations[$name] = $found } else { $notations[$name] = 'string:' + $found }
    }
    return $notations
}

# As Write-RegistryValue does, for any place.
function Write-PlacedValue {
    param([string]$Key, [string]$Name, [string]$Notation)
    $service = Get-KeyService $Key
    $word = [regex]::Replace($Notation, '\Astring:', '')
    if ($service.Length -eq 0) { Write-RegistryValue $Key $Name $Notation }
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
