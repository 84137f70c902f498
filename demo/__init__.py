"""演示区县: fictional people and schools whose whole history is made through the services."""
