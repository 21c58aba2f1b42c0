import { serve } from "../shared/serve";
import { engine, service } from "./service";

serve(service, engine);
