export { permissionsPage } from './permissions/permissions-page.js';
export type { StageDefinition } from './stages/stage.js';
export { type StageContext, stageOf, stages } from './stages/stages.js';
