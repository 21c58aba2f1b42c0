# What did this module last give the setup of the installed MIM Service and Portal, and how does setup change it to something else?
# The host cannot tell which properties setup once got. What can be told is what this module gave it and that it ended well, so that is the value.
# A secret property stands there as `NAME=(secret 1a2b3c4d)`: the program makes that of its value, this host cannot.
$SetupKey = 'MIM\Setup'
$SetupId = $SetupKey + '\\Properties'
$SetupRecord = $RecordKey + '\Setup'
$SetupProduct = 'Microsoft Identity Manager Service and Portal'
$SetupService = 'HKLM\SYSTEM\CurrentControlSet\Services\FIMService'
$SetupPattern = '\A([A-Z][A-Z0-9_]*)=([^\x00-\x1f\x7f]*)\z'
# What the module itself says to setup, or what would add and remove features.
$SetupReserved = '\A(ACTION|ADDDEFAULT|ADDLOCAL|ADDSOURCE|ADVERTISE|PATCH|REBOOT|REINSTALL|REINSTALLMODE|REMOVE|TRANSFORMS)\z'
# What a document says of the change, and what is known of the host: the product's code, whether TLS 1.1 is off, how long another installation was waited for.
$Setup = @{ code = ''; tls = $false; keepLogs = 3; waited = 0; answer = $null }

function Test-SetupKey {
    param([string]$Key)
    return [string]::Equals($Key, $SetupKey, [System.StringComparison]::OrdinalIgnoreCase)
}

# `Properties`, and what can only be read: `RebootNeeded`, the time of a change that needs a reboot.
function Test-SetupName {
    param([string]$Name)
    return [string]::Equals($Name, 'Properties', [System.StringComparison]::OrdinalIgnoreCase) -or (Test-RebootName $Name)
}

function Test-RebootName {
    param([string]$Name)
    return [string]::Equals($Name, 'RebootNeeded', [System.StringComparison]::OrdinalIgnoreCase)
}

# Whether a notation is a list of properties that setup can be given: in the order of their names, none of them twice.
function Test-SetupNotation {
    param([string]$Notation)
    if ($Notation -cnotmatch '\Amulti:\[.') { return $false }
    $data = ConvertFrom-Notation $Notation
    if ($null -eq $data -or $data.value.Length -eq 0) { return $false }
    $last = ''
    foreach ($property in $data.value) {
        $match = [regex]::Match($property, $SetupPattern)
        $name = $match.Groups[1].Value
        if (-not $match.Success -or $name -cmatch $SetupReserved -or [string]::CompareOrdinal($last, $name) -ge 0) { return $false }
        $last = $name
    }
    return $true
}

function Get-SetupNotation {
    param([string]$Name)
    $found = (Read-RegistryValue $SetupRecord @($Name))[$Name]
    if ($found -cmatch '\A(absent\z|unknown:)') { return $found }
    if (Test-RebootName $Name) {
        if ($found -cmatch ('\Astring:' + $TimePattern + '\z')) { return $found }
    }
    elseif (Test-SetupNotation $found) { return $found }
    return 'unknown:' + $SetupRecord + '\' + $Name + ' is not as this module writes it'
}

# Refuses what cannot be done, before anything is done. Waits for another installation, and for nothing else.
function Assert-Setup {
    param($Document)
    foreach ($value in $Document.desired) {
        if (-not (Test-SetupKey $value.key) -or (Test-AsDesired (Get-SetupNotation 'Properties') $value.notation)) { continue }
        Assert-SetupSecret (ConvertFrom-Notation $value.notation).value
        $found = (Find-Product @($SetupProduct))[$SetupProduct]
        if ($found -is [string]) { throw (Get-SetupFailure ('It is not known whether ' + $SetupProduct + ' is installed: ' + $found.Substring(8) + '.')) }
        if ($found.Count -eq 0) { throw (Get-SetupFailure ($SetupProduct + ' is not installed on this host. Install it first.')) }
        if ($found.Count -gt 1) {
            throw (Get-SetupFailure ($SetupProduct + ' is installed ' + $found.Count + ' times: ' + $found[0].code + ' and ' + $found[1].code + '. Take away what an update left behind.'))
        }
        if ($found[0].code -cnotmatch '\A\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}\z') {
            throw (Get-SetupFailure ($SetupProduct + ' stands in the list of programs as ' + (Limit-Text $found[0].code) + ', which is no product code of Windows Installer.'))
        }
        $off = Get-TlsOff
        if ($off.Length -gt 0 -and -not $Document.allowTemporaryTls11) {
            throw (Get-SetupFailure ('TLS 1.1 is off on this host (' + [string]::Join(', ', $off) + '), and setup of MIM that nobody answers needs it until it is done. ' +
                    'Set allowTemporaryTls11, which turns it on for the time of setup and puts it back, or turn it on yourself until then.'))
        }
        $Setup.tls = $off.Length -gt 0
        $Setup.code = $found[0].code
        $Setup.keepLogs = $Document.keepLogs
        $Setup.waited = Wait-Installer $Document.waitSeconds
    }
}

# Every secret that the document names came with it, and no other: a wrong text in its place would get into the product.
function Assert-SetupSecret {
    param([string[]]$Properties)
    $named = 0
    foreach ($property in $Properties) {
        $match = [regex]::Match($property, '\A([A-Z0-9_]+)=\(secret [0-9a-f]{8}\)\z')
        if (-not $match.Success) { continue }
        $named++
        if (-not $ClientSecret.properties.ContainsKey($match.Groups[1].Value)) {
            throw (Get-SetupFailure ('The property ' + $match.Groups[1].Value + ' is a secret, and none came with the document.'))
        }
    }
    if ($named -ne $ClientSecret.properties.Count) { throw (Get-SetupFailure 'A secret came with the document that is none of its properties.') }
}

function Get-SetupFailure {
    param([string]$Message)
    return Get-Failure 'setup' ($Message + ' Setup was not run.')
}

# Runs setup once, in change mode. What was given is on record only after it has ended well.
function Invoke-SetupChange {
    param([string]$Notation)
    # What undoes a run never gets here with what was there before: see Restore-Setup.
    if ($Setup.code.Length -eq 0) { throw (Get-SetupFailure ($SetupId + ' was as declared when this run began, and is not any more. Run again.')) }
    $properties = (ConvertFrom-Notation $Notation).value
    $logs = Initialize-SetupLog
    $config = Save-ServiceConfig $logs
    $code = -1
    $ended = @{ code = -1; log = '' }
    try {
        Suspend-SetupValue
        $code = Invoke-Installer $properties $logs.raw
    }
    finally {
        try { $ended = Save-SetupLog $logs $code }
        finally { Resume-SetupValue ((Test-EndedWell $ended.code) -and [string]::Join("`n", $properties) -cmatch '(?m)^POLL_EXCHANGE_ENABLED=') }
    }
    $answer = [ordered]@{ exitCode = $ended.code; waitedSeconds = $Setup.waited; config = (Compare-ServiceConfig $config); log = $ended.log }
    if (-not (Test-EndedWell $ended.code)) { throw (Get-ExitFailure $answer) }
    if ($ended.code -ne 0) { Write-RegistryValue $SetupRecord 'RebootNeeded' ('string:' + (Format-Time ([datetime]::UtcNow))) }
    Write-RegistryValue $SetupRecord 'Properties' $Notation
    $Setup.answer = $answer
}

# 3010 and 1641: changed, and a reboot is needed.
function Test-EndedWell {
    param([int]$Code)
    return $Code -eq 0 -or $Code -eq 3010 -or $Code -eq 1641
}

# Forgets what setup was given. A change by setup is not undone, so nothing else can be put back.
function Restore-Setup {
    param([string]$Notation)
    if (-not (Test-SameText $Notation 'absent')) {
        throw (Get-Failure 'setup' ($SetupId + ' cannot get back what it was: a change by setup is not undone. Declare the properties that are wanted, and run again.'))
    }
    Write-RegistryValue $SetupRecord 'Properties' 'absent'
}
