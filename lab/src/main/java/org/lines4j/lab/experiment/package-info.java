/// The paper's experiments, on models that the lab trains: what is trained, measured and chosen.
/// Every model is edited and merged by core's public API.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab.experiment;
