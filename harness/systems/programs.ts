/** What programs that use hadrill as a library may ask of the systems under test, besides what all of them have. */
export { NeutronServer } from './dhcp/live/neutron-server.ts';
