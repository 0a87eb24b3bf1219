"""What a worker's phone needs: signing in, the courier's page, positions and Web Push."""
