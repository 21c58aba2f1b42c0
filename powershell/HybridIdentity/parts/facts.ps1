# What is this host, and what does it let this session do?

function Test-Elevated {
    $principal = [System.Security.Principal.WindowsPrincipal]::new([System.Security.Principal.WindowsIdentity]::GetCurrent())
    return $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Get-UserName { return [System.Security.Principal.WindowsIdentity]::GetCurrent().Name }

# Constrained language mode forbids most of this module, the raw output stream too, so this one failure is no frame.
function Assert-FullLanguage {
    $mode = "$($ExecutionContext.SessionState.LanguageMode)"
    if ($mode -cne 'FullLanguage') {
        throw ('HybridIdentity: language: this session is in ' + $mode + ' mode. Let the policy of this host trust the module''s files and use module: "preinstalled".')
    }
}

function Assert-Bitness {
    if ([System.Environment]::Is64BitOperatingSystem -and -not [System.Environment]::Is64BitProcess) {
        throw (Get-Failure 'bitness' 'This is a 32-bit process on a 64-bit Windows. Use a 64-bit sshd and a 64-bit PowerShell.')
    }
}

function Assert-Elevation {
    if (-not (Test-Elevated)) {
        throw (Get-Failure 'elevation' 'This needs an elevated token. Log on with an account of the Administrators group.')
    }
}

# Needs no rights and no CIM: the performance counter starts at boot, and Get-Uptime of PowerShell 7 reads the same. The
# tick count, which wraps after 49.7 days, has to agree: where it does not, the time is not known.
function Get-BootTime {
    $seconds = [System.Diagnostics.Stopwatch]::GetTimestamp() / [System.Diagnostics.Stopwatch]::Frequency
    $ticks = [System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes([int][System.Environment]::TickCount), 0)
    $apart = [Math]::Abs(($seconds * 1000) % 4294967296 - $ticks)
    if ([Math]::Min($apart, 4294967296 - $apart) -gt 600000) { return '' }
    $boot = [datetime]::UtcNow.AddSeconds(-$seconds)
    return Format-Time ($boot.AddTicks(-($boot.Ticks % 10000000)))
}

# Whether Import-Module looks where the module is installed: programs are known to overwrite the PSModulePath of a machine.
function Test-ModulePath {
    $wanted = [System.IO.Path]::GetDirectoryName((Get-ModuleFolder))
    foreach ($path in "$([System.Environment]::GetEnvironmentVariable('PSModulePath'))".Split([System.IO.Path]::PathSeparator)) {
        if ([string]::Equals($path.Trim().TrimEnd('\', '/'), $wanted, [System.StringComparison]::OrdinalIgnoreCase)) { return $true }
    }
    return $false
}

# What PowerShell asks of a file before it runs it: AllSigned and Restricted keep the installed module out.
function Get-FilePolicy {
    try { return "$(Get-ExecutionPolicy)" }
    catch { return 'unknown:' + (Get-Reason $_) }
}

function Get-HostFact {
    $windows = Read-RegistryValue 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion' @('CurrentBuildNumber', 'ProductName')
    $build = 0
    [void][int]::TryParse([regex]::Replace($windows['CurrentBuildNumber'], '\Astring:', ''), [ref]$build)
    $name = ''
    if ($windows['ProductName'].StartsWith('string:', [System.StringComparison]::Ordinal)) { $name = $windows['ProductName'].Substring(7) }
    return [ordered]@{
        computerName    = [System.Environment]::MachineName
        user            = Get-UserName
        elevated        = Test-Elevated
        osBuild         = $build
        osName          = $name
        bootTime        = Get-BootTime
        now             = Format-Time ([datetime]::UtcNow)
        powershell      = "$($PSVersionTable.PSVersion)"
        languageMode    = "$($ExecutionContext.SessionState.LanguageMode)"
        moduleFound     = Test-ModulePath
        executionPolicy = Get-FilePolicy
    }
}
