import { EXAMPLE_SETTINGS } from '../support/example-settings.ts';
import { type Manifest, nameOf } from '../support/kustomize.ts';

/** Places where a value of the settings was to go, and did not: components hold the setting's name there. */
export function settingProblems(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const text = JSON.stringify(manifest);
    return (
      Object.keys(EXAMPLE_SETTINGS)
        // As a value, or at its end; not as a key, nor as the name of a variable.
        .filter((name) => new RegExp(`(?<!"name":")\\b${name}"(?!:)`).test(text))
        .map((name) => `${nameOf(manifest)}: ${name} is not filled in`)
    );
  });
}
