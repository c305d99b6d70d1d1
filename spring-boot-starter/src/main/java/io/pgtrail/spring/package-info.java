/**
 * Spring Boot applications get a tracker over their data source, their migrations tracked, and the
 * tracker's health and metrics. Whatever an application declares itself wins.
 */
@NullMarked
package io.pgtrail.spring;

import org.jspecify.annotations.NullMarked;
