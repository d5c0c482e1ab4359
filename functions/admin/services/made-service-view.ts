import type { ServiceView } from '../../../shared/contracts/views/services.ts';
import { serviceView } from '../../../shared/views/service-view.ts';
import type { Made } from './services.ts';

/** A service that was made just now: the one time that a webhook's secret is shown. */
export function madeServiceView({ service, orgPath, secret }: Made): ServiceView {
  const view = serviceView(service, orgPath);
  return secret === undefined ? view : { ...view, params: { ...view.params, secret } };
}
