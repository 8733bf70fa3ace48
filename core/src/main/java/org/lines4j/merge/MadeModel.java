package org.lines4j.merge;

import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;

/// A model that an earlier stage of a merge makes.
///
/// @param location where it lies for as long as it is needed
/// @param plan how it was made, for the model card of what is made of it
public record MadeModel(Location location, Plan plan) {}
