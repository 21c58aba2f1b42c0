export interface Prepared {
    user?: string;
    /** OpenSSH public key, type and Base64. */
    key?: string;
}

/**
 * What makes a server ready, for Windows PowerShell 5.1 and PowerShell 7. Groups are named by SID, because their names are in the language of the system.
 * Source: learn.microsoft.com, "Get started with OpenSSH for Windows" and "Key-based authentication in OpenSSH for Windows".
 */
export function prepareScript({ user, key }: Prepared): string {
    const parts = [intro, service, firewall, key === undefined ? noKey : keyPart(key), user === undefined ? "" : accountPart(user), result];
    return `${parts.filter((part) => part !== "").join("\n")}}\n`;
}

const intro = String.raw`# Makes this server ready for Pulumi: OpenSSH Server is there, runs and starts at boot, the firewall lets it be reached,
# and the public key is accepted. For Windows Server 2019, 2022 and 2025. The default shell of sshd stays as it is.
# Run it once, as administrator, in Windows PowerShell 5.1 or PowerShell 7. A second run changes nothing.
& {
    Set-StrictMode -Version 3.0
    $ErrorActionPreference = 'Stop'
    $administrators = [System.Security.Principal.SecurityIdentifier]::new('S-1-5-32-544')
    $system = [System.Security.Principal.SecurityIdentifier]::new('S-1-5-18')
    $self = [System.Security.Principal.WindowsPrincipal]::new([System.Security.Principal.WindowsIdentity]::GetCurrent())
    if (-not $self.IsInRole($administrators)) { throw 'Start PowerShell with "Run as administrator", then run this again. Nothing was changed.' }
`;

const service = String.raw`    # Windows Server 2025 brings OpenSSH Server, switched off. Before, it is a capability to be added.
    if ($null -eq (Get-Service -Name 'sshd' -ErrorAction SilentlyContinue)) {
        Write-Host 'Adding OpenSSH Server, which takes some minutes.'
        try { [void](Add-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0') }
        catch {
            throw ('OpenSSH Server could not be added: ' + $_.Exception.Message + ' Where this server gets its updates from WSUS or has no internet, mount the ' +
                'Features on Demand of its version and add it from there: Add-WindowsCapability -Online -Name OpenSSH.Server~~~~0.0.1.0 -LimitAccess -Source FOLDER')
        }
    }
    Set-Service -Name 'sshd' -StartupType Automatic
    # The first start makes host keys, sshd_config and the folder.
    if ("$((Get-Service -Name 'sshd').Status)" -ne 'Running') { Start-Service -Name 'sshd' }
    $folder = [System.IO.Path]::Combine($env:ProgramData, 'ssh')
    Write-Host ('sshd: ' + (Get-Service -Name 'sshd').Status + ', starts at boot')
`;

const firewall = String.raw`    $name = 'OpenSSH-Server-In-TCP'
    if ($null -eq (Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue)) {
        [void](New-NetFirewallRule -Name $name -DisplayName 'OpenSSH Server (sshd)' -Direction Inbound -Protocol TCP -LocalPort 22 -Action Allow -Profile 'Domain, Private')
    }
    Enable-NetFirewallRule -Name $name
    Write-Host ('Firewall rule ' + $name + ': enabled for ' + (Get-NetFirewallRule -Name $name).Profile)
    foreach ($network in (Get-NetConnectionProfile)) { Write-Host ('  the network ' + $network.Name + ' is ' + $network.NetworkCategory) }
`;

const noKey = String.raw`    # No --public-key was given, so no key is added: an account logs on by password, or its key has to get into administrators_authorized_keys.
`;

function keyPart(key: string): string {
    return String.raw`    # sshd ignores this file where others than Administrators and SYSTEM have rights on it.
    $key = ${quoted(key)}
    $file = [System.IO.Path]::Combine($folder, 'administrators_authorized_keys')
    $text = ''
    if ([System.IO.File]::Exists($file)) { $text = [System.IO.File]::ReadAllText($file) }
    if ($text.Length -gt 0 -and -not $text.EndsWith([string][char]10)) { $text += [System.Environment]::NewLine }
    $known = $false
    foreach ($line in $text.Split([char]10)) { if (-not $line.StartsWith('#') -and $line.Contains($key)) { $known = $true } }
    if (-not $known) { [System.IO.File]::WriteAllText($file, $text + $key + [System.Environment]::NewLine) }
    $security = [System.Security.AccessControl.FileSecurity]::new()
    $security.SetOwner($administrators)
    $security.SetAccessRuleProtection($true, $false)
    foreach ($sid in @($administrators, $system)) {
        $security.AddAccessRule([System.Security.AccessControl.FileSystemAccessRule]::new($sid, 'FullControl', 'Allow'))
    }
    Set-Acl -LiteralPath $file -AclObject $security
    Write-Host ('Key: accepted for every administrator, by ' + $file)
`;
}

function accountPart(user: string): string {
    return String.raw`    $user = ${quoted(user)}
    try { $sid = [System.Security.Principal.NTAccount]::new($user).Translate([System.Security.Principal.SecurityIdentifier]) }
    catch { throw ('There is no account ' + $user + ', or no domain controller answers: ' + $_.Exception.Message) }
    $members = @()
    try { $members = @(Get-LocalGroupMember -SID 'S-1-5-32-544' | ForEach-Object { $_.SID.Value }) }
    catch { Write-Warning ('The members of Administrators could not be read: ' + $_.Exception.Message) }
    if ($members -notcontains $sid.Value) {
        Write-Warning ($user + ' is no direct member of Administrators. Unless it is one through a group: Add-LocalGroupMember -SID S-1-5-32-544 -Member ' + $sid.Value)
    }
`;
}

const result = String.raw`    $config = [System.IO.File]::ReadAllLines([System.IO.Path]::Combine($folder, 'sshd_config'))
    foreach ($line in $config) { if ($line -match '^\s*(Allow|Deny)(Groups|Users)\s') { Write-Host ('sshd_config limits who may log on: ' + $line.Trim()) } }
    if (-not ($config -match '^\s*AuthorizedKeysFile\s.*administrators_authorized_keys')) {
        Write-Warning 'sshd_config does not name administrators_authorized_keys: keys of administrators are looked for in their profile, .ssh\authorized_keys.'
    }
    $words = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($folder, 'ssh_host_ed25519_key.pub')).Trim().Split(' ')
    $hash = [System.Security.Cryptography.SHA256]::Create().ComputeHash([System.Convert]::FromBase64String($words[1]))
    Write-Host ('Fingerprint: SHA256:' + [System.Convert]::ToBase64String($hash).TrimEnd('='))
    Write-Host ('hostKey:     ' + $words[0] + ' ' + $words[1])
    Write-Host 'Next, where Pulumi runs: npx hybrid-identity look --host NAME --user USER --key FILE --host-key LINE'
`;

/** A PowerShell expression in ASCII. PowerShell takes some quotes beyond ASCII for its own, so nothing of them stays. */
export function quoted(text: string): string {
    const literal = `'${text.replaceAll("'", "''")}'`;
    const ascii = literal.replace(/[^\x20-\x7e]/g, (unit) => `' + [char]0x${unit.charCodeAt(0).toString(16).padStart(4, "0")} + '`);
    return ascii === literal ? literal : `(${ascii})`;
}
