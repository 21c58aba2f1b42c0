// Components for programs in other languages. All that they need is loaded with the first of them: resources and functions do without.
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Constructed } from "./languages";
import { struct } from "./rpc";
import type { Properties } from "./values";

export async function construct(request: proto.ConstructRequest): Promise<proto.ConstructResponse> {
    const { urn, state, dependencies } = await languages().construct(request, process.argv[2] ?? "");
    const response = new proto.ConstructResponse();
    response.setUrn(urn);
    response.setState(struct(state as Properties));
    for (const [name, urns] of dependencies) {
        const named = new proto.ConstructResponse.PropertyDependencies();
        named.setUrnsList(urns);
        response.getStatedependenciesMap().set(name, named);
    }
    return response;
}

interface Languages {
    construct(request: proto.ConstructRequest, engine: string): Promise<Constructed>;
}

function languages(): Languages {
    const bundled = join(__dirname, "languages.cjs");
    try {
        // Not a name that a bundler follows: it lies beside the bundle.
        return require(existsSync(bundled) ? bundled : join(__dirname, "languages")) as Languages;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
        const remedy = "take the plugin's archive of a release, which has them: pulumi plugin install resource hybrid-identity VERSION --file ARCHIVE";
        throw new Error(`this plugin was copied from an npm package, whose components stayed there; ${remedy}`);
    }
}
