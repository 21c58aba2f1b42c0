# Which products are installed, in which build? Setups tell Windows so in the two Uninstall keys.
# What stands there as UninstallString is read and never run: it may take the product away.
$ProductPattern = '\A[^\x00-\x1f]{1,256}\z'
$UninstallKey = @{
    64 = 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall'
    32 = 'HKLM32\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall'
}

# By name as asked: what is installed under that name, none where it is absent. One entry that could not be read makes all of it
# unknown: it might be what was asked for.
function Find-Product {
    param([string[]]$Names)
    $found = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    foreach ($name in $Names) { $found[$name] = [System.Collections.Generic.List[object]]::new() }
    try {
        foreach ($view in @(64, 32)) {
            foreach ($code in (Get-ProductCode $UninstallKey[$view])) {
                $key = $UninstallKey[$view] + '\' + $code
                $shown = Get-RegistryText $key 'DisplayName'
                foreach ($name in $found.get_Keys()) {
                    if (-not [string]::Equals($shown, $name, [System.StringComparison]::OrdinalIgnoreCase)) { continue }
                    $version = Get-RegistryText $key 'DisplayVersion'
                    $found[$name].Add([ordered]@{ code = $code; version = $version; view = "$view"; uninstallString = (Get-RegistryText $key 'UninstallString') })
                }
            }
        }
    }
    catch { foreach ($name in $Names) { $found[$name] = 'unknown:' + (Get-Reason $_) } }
    return $found
}

# What stands in an Uninstall key, in a stable order.
function Get-ProductCode {
    param([string]$Key)
    $content = Read-RegistryKey $Key
    if ($content.state.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { throw ($Key + ': ' + $content.state.Substring(8)) }
    return , (Get-SortedText $content.below)
}
