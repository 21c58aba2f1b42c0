# Which values does a key have? Their names tell that something is there, where nobody may see what.
$HiveOfService = '\A([Hh][Kk][Uu]\\)<([^<>\\]+)>(?=\\|\z)'

# The service whose account's hive a key is in, written HKU\<SERVICE>\...; empty for every other key.
function Get-HiveService {
    param([string]$Key)
    return [regex]::Match($Key, $HiveOfService).Groups[2].Value
}

function Assert-NamedKey {
    param([string]$Key)
    try { [void](Split-RegistryKey $Key) }
    catch { throw (Get-Failure 'malformed' ('names: ' + (Get-InnerException $_).Message)) }
    if ([regex]::IsMatch($Key, '\\\.{1,2}(\\|\z)')) { throw (Get-Failure 'malformed' ('names: received ' + (Limit-Text (ConvertTo-JsonText $Key)) + ', in which . and .. lead nowhere.')) }
}

# The names of the key's values, `absent` where there is no such key, or `unknown:REASON`.
function Read-ValueName {
    param([string]$Key, $Services)
    $service = Get-HiveService $Key
    if ($service.Length -gt 0) {
        $fact = $Services[$service]
        if (Test-SameText $fact.state 'absent') { return 'unknown:there is no service ' + $service }
        if ($fact.sid.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return $fact.sid }
        if (-not $fact.sid.StartsWith('S-1-', [System.StringComparison]::Ordinal)) {
            return 'unknown:the service ' + $service + ' runs as "' + $fact.account + '", which is no account that this host knows'
        }
        $Key = [regex]::Replace($Key, $HiveOfService, 'HKU\' + $fact.sid)
    }
    $content = Read-RegistryKey $Key
    if (-not (Test-SameText $content.state 'found')) { return $content.state }
    $names = [System.Collections.Generic.List[string]]::new()
    foreach ($name in $content.names) { $names.Add([regex]::Replace($name, '\A\z', '(default)')) }
    return , (Get-SortedText ($names.ToArray()))
}
