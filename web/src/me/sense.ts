/** The phone's own location, as long as somebody wants it. It goes into the answer and nowhere else. */

import type { Chosen } from './place';

/** A place that has not moved by more is the same, degrees: about ten metres. */
const STEP_DEG = 1e-4;
const PATIENCE_MS = 20_000;
const AGE_MS_MAX = 10_000;

export type SenseFault = 'insecure' | 'failed';

export class Sense {
  private watching: number | null = null;
  private last: GeolocationCoordinates | null = null;
  private lost = false;

  /** Asks until `stop`. A refusal ends it; a place that cannot be found now, as in a cellar, may be found later. */
  start(found: (chosen: Chosen) => void, fault: (fault: SenseFault) => void): void {
    this.stop();
    if (!window.isSecureContext || !('geolocation' in navigator)) return fault(window.isSecureContext ? 'failed' : 'insecure');
    this.watching = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const { latitude: lat_deg, longitude: lon_deg, accuracy: accuracy_m } = coords;
        const still = !this.lost && this.last && Math.abs(this.last.latitude - lat_deg) < STEP_DEG && Math.abs(this.last.longitude - lon_deg) < STEP_DEG;
        if (still && this.last!.accuracy <= accuracy_m) return;
        [this.last, this.lost] = [coords, false];
        found({ kind: 'sensed', lat_deg, lon_deg, accuracy_m });
      },
      (error) => {
        this.lost = true;
        if (error.code === error.PERMISSION_DENIED) this.stop();
        fault('failed');
      },
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: AGE_MS_MAX },
    );
  }

  stop(): void {
    if (this.watching !== null) navigator.geolocation.clearWatch(this.watching);
    [this.watching, this.last] = [null, null];
  }
}
