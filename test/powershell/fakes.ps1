# Takes the place of what the module asks of Windows, so that the rest of it runs on any PowerShell 7. The registry is the pretend
# host's, at the other end of the port that FAKE_REGISTRY names (fakeRegistry.ts): one line asks, one line answers.

function Invoke-Fake {
    param([System.Collections.IDictionary]$Question)
    $client = [System.Net.Sockets.TcpClient]::new('127.0.0.1', [int]$env:FAKE_REGISTRY)
    try {
        # The module's JSON, which is ASCII and takes halves of surrogate pairs.
        $bytes = [System.Text.Encoding]::ASCII.GetBytes((ConvertTo-JsonText $Question) + "`n")
        $client.GetStream().Write($bytes, 0, $bytes.Length)
        $answer = ConvertFrom-JsonText ([System.IO.StreamReader]::new($client.GetStream()).ReadToEnd())
    }
    finally { $client.Dispose() }
    if ($answer.ContainsKey('denied')) { throw (Get-Failure 'denied' $answer['denied']) }
    return $answer
}

function Read-RegistryValue {
    param([string]$Key, [string[]]$Names)
    [void](Split-RegistryKey $Key)
    $notations = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    $found = (Invoke-Fake @{ do = 'read'; key = $Key; names = @($Names) })['values']
    for ($index = 0; $index -lt @($Names).Count; $index++) { $notations[@($Names)[$index]] = @($found)[$index] }
    return $notations
}

function Get-RegistryValueName {
    param([string]$Key)
    [void](Split-RegistryKey $Key)
    return , [string[]]@((Invoke-Fake @{ do = 'list'; key = $Key })['names'])
}

function Write-RegistryValue {
    param([string]$Key, [string]$Name, [string]$Notation)
    [void](Split-RegistryKey $Key)
    if ($Notation -cne 'absent' -and $null -eq (ConvertFrom-Notation $Notation)) { throw (Get-Failure 'malformed' "$Notation cannot be written.") }
    [void](Invoke-Fake @{ do = 'write'; key = $Key; name = $Name; notation = $Notation })
}

function Initialize-RecordKey {
    param($Readers)
    $question = @{ do = 'protect'; key = $RecordKey }
    if ($null -ne $Readers) { $question['readers'] = @($Readers) }
    [void](Invoke-Fake $question)
}

function Remove-RegistryKey {
    param([string]$Key)
    [void](Invoke-Fake @{ do = 'delete'; key = $Key })
}

function Clear-UnfinishedOriginal { [void](Invoke-Fake @{ do = 'unfinished'; key = "$RecordKey\Originals" }) }

function Initialize-OriginalKey {
    param([string]$Key)
    [void](Invoke-Fake @{ do = 'delete'; key = $Key })
}

function Remove-OtherValue {
    param([string]$Key, [string]$Name)
    [void](Invoke-Fake @{ do = 'others'; key = $Key; name = $Name })
}

function Copy-RegistryKey {
    param([string]$From, [string]$To)
    [void](Invoke-Fake @{ do = 'copy'; key = $From; to = $To })
}

function Test-Elevated { return $true }

function Get-ModuleFolder { return $env:FAKE_MODULES }

function Get-HostFact {
    return [ordered]@{
        computerName = 'FAKE'
        user = 'FAKE\administrator'
        elevated = $true
        osBuild = 20348
        osName = 'no Windows'
        bootTime = Get-BootTime
        now = Format-Time ([datetime]::UtcNow)
        powershell = "$($PSVersionTable.PSVersion)"
        languageMode = "$($ExecutionContext.SessionState.LanguageMode)"
    }
}
