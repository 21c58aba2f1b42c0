# How does a failure reach the reply: with which code, in whose words, from where?

# An exception that carries the code of the reply; throw what this returns.
function Get-Failure {
    param([string]$Code, [string]$Message)
    $exception = [System.InvalidOperationException]::new($Message)
    $exception.Data.Add('code', $Code)
    return $exception
}

# The exception that was thrown inside a .NET method, not PowerShell's wrapping of it.
function Get-InnerException {
    param($ErrorRecord)
    $exception = $ErrorRecord.Exception
    while ($exception -is [System.Management.Automation.RuntimeException] -and $null -ne $exception.InnerException) {
        $exception = $exception.InnerException
    }
    return $exception
}

# Why a place of the registry could not be read or written: `denied`, or the system's words.
function Get-Reason {
    param($ErrorRecord)
    $exception = Get-InnerException $ErrorRecord
    for ($inner = $exception; $null -ne $inner; $inner = $inner.InnerException) {
        if ($inner -is [System.UnauthorizedAccessException] -or $inner -is [System.Security.SecurityException]) { return 'denied' }
        if ($inner -is [System.ComponentModel.Win32Exception] -and $inner.NativeErrorCode -eq 5) { return 'denied' }
    }
    return $exception.Message
}

# Whether an error of a cmdlet has this id, which is the same in every language.
function Test-ErrorId {
    param($ErrorRecord, [string]$Id)
    for ($inner = $ErrorRecord.Exception; $inner -is [System.Management.Automation.RuntimeException]; $inner = $inner.InnerException) {
        if ($inner.ErrorRecord.FullyQualifiedErrorId -cmatch ('\A' + $Id + '(,|\z)')) { return $true }
    }
    return $false
}

# Where a failure happened that this module did not expect: ` (Read-Record, line 412)`, a line of the joined text.
function Get-Position {
    param($ErrorRecord)
    $match = [regex]::Match("$($ErrorRecord.ScriptStackTrace)", '\Aat ([^,]+), [^\r\n]*: line ([0-9]+)')
    if (-not $match.Success) { return '' }
    return ' (' + $match.Groups[1].Value + ', line ' + $match.Groups[2].Value + ')'
}

function Limit-Text {
    param([string]$Text)
    if ($Text.Length -le 200) { return $Text }
    return $Text.Substring(0, 200) + '... (' + $Text.Length + ' characters)'
}

function Test-SameText {
    param([string]$Left, [string]$Right)
    return [string]::Equals($Left, $Right, [System.StringComparison]::Ordinal)
}

function Format-Time {
    param([datetime]$Time)
    return $Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-Sha256 {
    param([string]$Text)
    # The provider of the operating system: the managed class is refused where a policy asks for FIPS.
    $algorithm = [System.Security.Cryptography.SHA256CryptoServiceProvider]::new()
    try {
        # Latin 1 keeps every byte of a file as it is.
        $hash = $algorithm.ComputeHash([System.Text.Encoding]::GetEncoding(28591).GetBytes($Text))
    }
    finally {
        $algorithm.Dispose()
    }
    return [System.BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
}
