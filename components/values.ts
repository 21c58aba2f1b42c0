/** How a program writes registry values. A file of its own, so that `pulumi-hybrid-identity/values` brings them and nothing else. */
export { absent, binary, dword, expand, multi, qword, string } from "../drift/desired";
