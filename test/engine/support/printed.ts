import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as library from "../../../index";
import type { Program } from "./stack";

type Class = new (...args: unknown[]) => { state?: unknown };

/** Runs the text of a program, as a user's index.ts that is given the key; it gives the states of its components, by their names. */
export function runPrinted(text: string, privateKey: string): Program {
    const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
    return () => {
        const states: Record<string, unknown> = {};
        const noting = (one: Class): Class =>
            class extends one {
                constructor(...args: unknown[]) {
                    super(...args);
                    states[args[0] as string] = this.state;
                }
            };
        const { Host, ...windows } = library.windows;
        const all = (classes: object) => Object.fromEntries(Object.entries(classes).map(([name, one]) => [name, noting(one as Class)]));
        class Config {
            requireSecret = () => pulumi.secret(privateKey);
        }
        const { absent, binary, dword, expand, multi, qword, string } = library;
        const modules: Record<string, unknown> = {
            "@pulumi/pulumi": { ...pulumi, Config },
            "pulumi-hybrid-identity": { absent, binary, dword, expand, multi, qword, string, windows: { ...all(windows), Host }, mim: all({ ServiceSettings: library.mim.ServiceSettings }) },
        };
        new Function("require", "exports", outputText)((name: string) => modules[name], {});
        return states;
    };
}
