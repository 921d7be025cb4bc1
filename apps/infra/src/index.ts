export { stages, stageOf, type StageContext } from './stages/stages.js';
export type { StageDefinition } from './stages/stage.js';
