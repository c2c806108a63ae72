// MapLibre's own style first: ours changes it.
import 'maplibre-gl/dist/maplibre-gl.css';
import '../style/tokens.css';
import './setup.css';

import { SetupPage } from './page';

const page = new SetupPage(document.getElementById('setup')!);
// For the browser's console and the browser tests.
Object.assign(window, { setup: page });
void page.start();
