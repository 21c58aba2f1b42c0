import * as pulumi from "@pulumi/pulumi";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { windows } from "../../../index";
import { startLab, type Lab, type LabHost } from "../../../lab/lab";
import { engineOrSkip, temporaryFolder } from "./engine";
import { EngineStack, type Program } from "./stack";

export interface SceneOptions {
    /** Pretend hosts. Default mim01. */
    hosts?: string[];
    /** Run once with `up` before the tests; every test begins right after it. Without it every test begins with an empty stack. */
    program?: (scene: Scene) => Program;
}

/** Pretend hosts and the stack `prod` for one suite. */
export interface Scene {
    lab: Lab;
    stack: EngineStack;
    host(name?: string): LabHost;
    /** Another stack on the same backend, removed with the scene. */
    anotherStack(name: string): Promise<EngineStack>;
}

/**
 * Registers the hooks of a suite. Each test finds hosts, state, program and settings as they were after the scene's own `up`, whatever the
 * tests before it did: that saves every test the runs which would bring it there.
 */
export function useScene({ hosts = ["mim01"], program }: SceneOptions = {}): Scene {
    const folder = { path: "", remove: () => {} };
    let cli: PulumiCommand;
    let begin: { state: string; program: Program };
    const scene = {
        host: (name = hosts[0]!) => scene.lab.hosts[name]!,
        anotherStack: (name: string) => EngineStack.create(cli, folder.path, name),
    } as Scene;

    before(async function () {
        this.timeout(240_000);
        cli = await engineOrSkip(this);
        Object.assign(folder, temporaryFolder());
        scene.lab = await startLab({ hosts });
        scene.stack = await EngineStack.create(cli, folder.path, "prod");
        if (program !== undefined) {
            scene.stack.program = program(scene);
            await scene.stack.up();
        }
        hosts.forEach((name) => scene.host(name).snapshot("begin"));
        begin = { state: scene.stack.stateText, program: scene.stack.program };
    });

    beforeEach(async () => {
        for (const name of hosts) {
            const host = scene.host(name);
            await host.fault("none");
            host.restore("begin");
            host.onExec = undefined;
            host.state.registry.afterWrite = undefined;
            host.resetCounters();
        }
        scene.stack.stateText = begin.state;
        Object.assign(scene.stack, { program: begin.program, settings: {} });
    });

    after(async () => {
        await scene.lab?.stop();
        folder.remove();
    });

    return scene;
}

/** The pretend host as a user declares it. */
export function declareHost(host: LabHost, more: Partial<windows.HostArgs> = {}, name = host.name): windows.Host {
    const { address, port, user, hostKey } = host;
    return new windows.Host(name, { address, port, user, privateKey: pulumi.secret(host.privateKey), hostKey, ...more });
}
