interface Window {
  /** What tests and measurements read. */
  stroomstad?: { ready?: boolean; step_ms?: number; steps?: number };
}
