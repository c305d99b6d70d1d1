/** Roles, tenants and what an attacker cannot do, on a real server. */
@NullMarked
package io.pgtrail.access;

import org.jspecify.annotations.NullMarked;
